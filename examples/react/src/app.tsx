import { ApideckVault, type Connection } from '@apideck/vault-js'
import { useState } from 'react'
import { Connections } from './connections.js'
import { Refusal } from './refusal.js'
import { useVault } from './use-vault.js'

/** Both ways into the vault: by leaving the page for it, and in a modal over the page. */
export function App () {
  const { opening, error, open } = useVault()
  const [connections, setConnections] = useState<Connection[]>([])

  function openModal () {
    return open('modal', {
      vaultJs: ApideckVault,
      modal: {
        onConnectionChange: (changed) => setConnections((known) => [...known.filter(({ id }) => id !== changed.id), changed]),
      },
    })
  }

  return (
    <main>
      <h1>Connect your tools</h1>
      {isBack() && <p className='notice' role='status'>You are back from the vault.</p>}

      <section>
        <h2>On a page of its own</h2>
        <p>The page is left for the hosted vault, which leads back here.</p>
        <Button isBusy={opening === 'page'} onClick={() => open('page')}>Connect on Apideck’s page</Button>
      </section>

      <section>
        <h2>Over this page</h2>
        <p>Vault JS opens the vault as a modal, and tells this page what has been connected.</p>
        <Button isBusy={opening === 'modal'} onClick={openModal}>Connect here</Button>
        <Connections connections={connections} />
      </section>

      {error !== undefined && <Refusal error={error} />}
    </main>
  )
}

function Button ({ isBusy, onClick, children }: { isBusy: boolean, onClick: () => unknown, children: string }) {
  return <button type='button' aria-busy={isBusy} disabled={isBusy} onClick={onClick}>{isBusy ? 'One moment …' : children}</button>
}

/** The redirect URI of the session says so. */
function isBack (): boolean {
  return new URLSearchParams(location.search).get('from') === 'vault'
}
