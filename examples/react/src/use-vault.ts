import type { ApideckVaultOptions } from '@apideck/vault-js'
import { useEffect, useState } from 'react'
import { openVault, VaultSessionError, type OpenVaultOptions } from 'vault-session-client'

/** In which way a vault is being opened. */
export type Way = 'page' | 'modal'

/** What is the same each time. The sign-in's cookie says whose vault it is. */
function common () {
  return {
    url: import.meta.env.VITE_BROKER_URL ?? '/vault-session',
    credentials: 'include',
    session: {
      redirect_uri: `${location.origin}/?from=vault`,
      settings: { unified_apis: ['crm', 'accounting'], session_length: '30m' },
    },
  } as const satisfies OpenVaultOptions
}

/** Opens vaults, and says which one is being opened and what went wrong with the last. */
export function useVault () {
  const [opening, setOpening] = useState<Way>()
  const [error, setError] = useState<VaultSessionError>()

  // A page that is left for the vault may be shown again as it was left: with its button busy.
  useEffect(() => {
    const free = () => setOpening(undefined)
    addEventListener('pageshow', free)
    return () => removeEventListener('pageshow', free)
  }, [])

  async function open (way: Way, options: Pick<OpenVaultOptions<ApideckVaultOptions>, 'vaultJs' | 'modal'> = {}): Promise<void> {
    setError(undefined)
    setOpening(way)
    try {
      await openVault({ ...common(), ...options })
      // The other way the page is on its way out, and stays busy until it is.
      if (way === 'modal') setOpening(undefined)
    } catch (error) {
      setOpening(undefined)
      if (!(error instanceof VaultSessionError)) throw error
      setError(error)
    }
  }

  return { opening, error, open }
}
