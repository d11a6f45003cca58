/** `vault-session-client`: opens Apideck Vault from a page, by way of a vault-session-broker. */
import type { VaultSession } from './api.js'
import { withDeadline } from './deadline.js'
import type { OpenVaultOptions, VaultSessionOptions } from './options.js'
import { requestSession } from './request.js'
import type { VaultJsOptions } from './vault-js.js'

export type { Problem, Session, VaultSession } from './api.js'
export { VaultSessionError, type Fault, type VaultSessionErrorFacts } from './error.js'
export type { OpenVaultOptions, VaultSessionOptions } from './options.js'
export type { OwnCode } from './own-codes.js'
export type { VaultJs, VaultJsOptions } from './vault-js.js'

/**
 * Asks the broker for a session, for who opens the vault by other means. What it resolves with is a credential: use it
 * at once, keep it nowhere.
 *
 * @throws VaultSessionError
 */
export function createVaultSession (options: VaultSessionOptions = {}): Promise<VaultSession> {
  return withDeadline(options, (signal) => requestSession(options, signal))
}

/**
 * Opens a vault: as the modal of the Vault JS that it is handed, else by leaving the page for it. Resolves once the
 * modal was opened or the navigation has begun. What the Vault JS that it is handed throws, it throws.
 *
 * @throws VaultSessionError
 */
export function openVault<Options extends VaultJsOptions = VaultJsOptions> (options: OpenVaultOptions<Options> = {}): Promise<void> {
  return withDeadline(options, async (signal) => {
    const { session_uri: uri, session_token: token } = await requestSession(options, signal)
    signal.throwIfAborted()
    if (options.vaultJs === undefined) location.assign(uri)
    else options.vaultJs.open({ ...options.modal, token } as Options)
  })
}
