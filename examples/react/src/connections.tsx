import type { Connection } from '@apideck/vault-js'

/** What has been connected in the modal since the page was opened. Your back end knows the rest. */
export function Connections ({ connections }: { connections: readonly Connection[] }) {
  if (connections.length === 0) return null
  return (
    <ul className='connections' aria-label='Connected'>
      {connections.map(({ id, name }) => <li key={id}>{name} is connected</li>)}
    </ul>
  )
}
