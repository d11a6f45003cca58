import type { Session } from './api.js'
import type { VaultJs, VaultJsOptions } from './vault-js.js'

/** How a session is asked for. */
export interface VaultSessionOptions {
  /** The broker's route: `/vault-session` on the page's own origin unless told otherwise, whatever a `<base>` says. */
  url?: string | URL | undefined
  /** The Session that is asked for: an empty one unless told otherwise. */
  session?: Session | undefined
  /** Chooses among the consumers that the caller is entitled to: goes as `x-apideck-consumer-id`. */
  consumerId?: string | undefined
  /** The caller's own access token, for `Authorization: Bearer`. A function is asked each time; nothing is kept. */
  token?: string | (() => string | Promise<string>) | undefined
  /** As `fetch` has it: `include` sends the cookies of a broker on another origin. */
  credentials?: RequestCredentials | undefined
  /** Calls it off, for as long as the session is not there. */
  signal?: AbortSignal | undefined
  /** Milliseconds for all of it, getting the token too: 15,000 unless told otherwise. `Infinity` sets no bound. */
  timeoutMs?: number | undefined
}

/** How a vault is opened. */
export interface OpenVaultOptions<Options extends VaultJsOptions = VaultJsOptions> extends VaultSessionOptions {
  /** `ApideckVault` of `@apideck/vault-js`: the vault opens as its modal. Without it, the page is left for the vault. */
  vaultJs?: VaultJs<Options> | undefined
  /** What else Vault JS is told: all that its `open` takes but the token. */
  modal?: Omit<Options, 'token'> | undefined
}
