import type { Envelope } from '../schemas/apideck.js'
import type { MintedSession } from '../schemas/minted-session.js'
import type { Session } from '../schemas/session.js'

/** The ID of each request in the document. */
export const REQUEST_ID = '823ba2a6-ba82-4888-b07e-635aad1abd2f'

/** A Session that asks for a little of everything. */
export const session: Session = {
  redirect_uri: 'https://app.example.com/integrations',
  settings: { unified_apis: ['crm'], session_length: '30m', show_logs: false },
  theme: { vault_name: 'Acme', primary_color: '#286efa' },
}

/** Shortened: a real one has some hundred characters, and is a credential. */
const token = 'eyJhbGciOi…'

export const minted: MintedSession = {
  session_uri: `https://vault.apideck.com/session/${token}`,
  session_token: token,
  expires_at: '2026-01-01T00:30:00.000Z',
}

/** The same, for an SDK. */
export const envelope: Envelope = {
  status_code: 200,
  status: 'OK',
  data: { session_uri: minted.session_uri, session_token: minted.session_token },
}
