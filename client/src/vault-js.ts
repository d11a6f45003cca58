/** The least that Vault JS is told. */
export interface VaultJsOptions {
  token: string
}

/** What `ApideckVault` of `@apideck/vault-js` is to the client. Handed in: a page that only redirects loads none of it. */
export interface VaultJs<Options extends VaultJsOptions> {
  open: (options: Options) => unknown
}
