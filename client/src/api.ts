/* What goes to the broker and comes back, as types and nothing else. */

/** Apideck's Session: every property is optional, any other is refused. */
export interface Session {
  consumer_metadata?: {
    account_name?: string
    user_name?: string
    email?: string
    image?: string
  }
  redirect_uri?: string
  settings?: {
    unified_apis?: string[]
    hide_resource_settings?: boolean
    sandbox_mode?: boolean
    isolation_mode?: boolean
    /** A duration such as `90s`, `30m`, `12h`, `7d` or `1w`. */
    session_length?: string
    show_logs?: boolean
    show_suggestions?: boolean
    show_sidebar?: boolean
    auto_redirect?: boolean
    hide_guides?: boolean
    /** An empty array hides all actions. */
    allow_actions?: Array<'delete' | 'disconnect' | 'reauthorize' | 'disable'>
  }
  theme?: {
    favicon?: string
    logo?: string
    primary_color?: string
    sidepanel_background_color?: string
    sidepanel_text_color?: string
    vault_name?: string
    privacy_url?: string
    terms_url?: string
  }
  custom_consumer_settings?: Record<string, unknown>
}

/** A session that was made. Both of the first two are credentials, valid until `expires_at`. */
export interface VaultSession {
  /** The hosted vault, to be navigated to. */
  session_uri: string
  /** For Vault JS. */
  session_token: string
  /** ISO 8601 in UTC; left out where it is not known. */
  expires_at?: string
}

/** An error's body (RFC 9457). */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  request_id: string
  /** Where in the Session something is wrong (a JSON Pointer, RFC 6901), and what was expected there. */
  errors?: Array<{ pointer: string, message: string }>
}
