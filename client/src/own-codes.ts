/** What goes wrong without the broker saying so: the codes of the client's own, with their messages. */
export const ownCodes = {
  aborted: 'Opening the vault was called off.',
  invalid_options: 'The request cannot be made from url, session, consumerId, token and credentials as they are.',
  timed_out: 'Opening the vault took too long.',
  token_unavailable: 'The access token could not be had.',
  unexpected_answer: 'The answer is not one of a vault-session-broker.',
  unreachable: 'The broker cannot be reached from this page.',
} as const

/** A code of the client's own. */
export type OwnCode = keyof typeof ownCodes
