import { ApideckVault } from '@apideck/vault-js'
import { openVault } from '../../../client/src/index.js'

/** A page that opens the vault as the real Vault JS's modal. Says what came back by `tell`, in order. */
export function openModal (url: string, tell: (what: string) => void): Promise<void> {
  return openVault({
    url,
    vaultJs: ApideckVault,
    modal: {
      unifiedApi: 'crm',
      serviceId: 'hubspot',
      onReady: () => tell('ready'),
      onClose: () => tell('closed'),
      onConnectionChange: ({ id, state }) => tell(`${id} is ${state}`),
    },
  })
}

/** What the types refuse: a token of the page's own, and what Vault JS does not know. */
export const refused: Array<() => Promise<void>> = [
  // @ts-expect-error: the token is the session's.
  () => openVault({ vaultJs: ApideckVault, modal: { token: 'x' } }),
  // @ts-expect-error: there is no such option.
  () => openVault({ vaultJs: ApideckVault, modal: { unifiedAPI: 'crm' } }),
  // @ts-expect-error: it is a text.
  () => openVault({ vaultJs: ApideckVault, modal: { locale: 1 } }),
]

/** What they take: a Vault JS that is there or not, for whoever decides at run time. */
export function openEither (isWide: boolean): Promise<void> {
  return openVault({ vaultJs: isWide ? ApideckVault : undefined, modal: { unifiedApi: 'crm' } })
}
