/** The sessions that the sample page asks for, one for each of its two ways in. */

export type Field = string | boolean | readonly string[] | { readonly [name: string]: Field }
export type Session = Readonly<Record<string, Field>>

export interface SampleOrigins {
  sample: string
  broker: string
  vault: string
}

export const PAGE = '/settings/integrations'
export const SIGN_IN = '/sign-in'

/** A vault with the CRMs, which comes straight back once one is connected. */
export function crmSession (origins: SampleOrigins): Session {
  return {
    ...common(origins),
    settings: { unified_apis: ['crm', 'lead', 'email-marketing'], session_length: '30m', auto_redirect: true, show_logs: false },
  }
}

/** A vault for the bookkeeping, in which users may look after their connections, but not delete them. */
export function accountingSession (origins: SampleOrigins): Session {
  return {
    ...common(origins),
    settings: {
      unified_apis: ['accounting', 'expense-management', 'payroll', 'file-storage'],
      session_length: '1h',
      allow_actions: ['reauthorize', 'disable', 'disconnect'],
    },
  }
}

/** The names and values of a plain form's fields: `settings[unified_apis][]`, `theme[vault_name]`. */
export function formFields (session: Session): Array<[name: string, value: string]> {
  return Object.entries(session).flatMap(([name, value]) => fieldsOf(name, value))
}

function fieldsOf (name: string, value: Field): Array<[string, string]> {
  if (isList(value)) return value.map((item) => [`${name}[]`, item])
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, member]) => fieldsOf(`${name}[${key}]`, member))
  }
  return [[name, String(value)]]
}

function isList (value: Field): value is readonly string[] {
  return Array.isArray(value)
}

/** Who the user is does not belong here: the broker's policy takes it from the verified token. */
function common ({ sample, vault }: SampleOrigins) {
  return {
    redirect_uri: `${sample}${PAGE}?from=vault`,
    theme: {
      vault_name: 'Larkspur',
      logo: `${vault}/uploads/larkspur.svg`,
      favicon: `${vault}/uploads/larkspur.svg`,
      primary_color: '#3f3d9e',
      sidepanel_background_color: '#23215e',
      sidepanel_text_color: '#f5f3ff',
      privacy_url: 'https://larkspur.example/privacy',
      terms_url: 'https://larkspur.example/terms',
    },
  }
}
