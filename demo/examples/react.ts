/** Runs `examples/react` as its own developers would: Vite's server for development, pointed at the demo. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** With the example's own packages. */
export const folder = fileURLToPath(new URL('../../examples/react/', import.meta.url))

export const preferredPort = 4011

export interface ReactExampleOptions {
  port: number
  /** Where the broker, the product's sign-in and Vault JS's frame are. */
  broker: string
  signInUrl: string
  frame: string
}

/** Resolves once it answers. */
export async function startReact ({ port, broker, signInUrl, frame }: ReactExampleOptions): Promise<{ close: () => Promise<void> }> {
  const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', String(port), '--strictPort'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', VITE_BROKER_URL: `${broker}/vault-session`, VITE_SIGN_IN_URL: signInUrl, VITE_VAULT_FRAME: frame },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A terminal's Ctrl-C is for whoever started it.
    detached: true,
  })
  const exited = once(vite, 'exit')
  const close = async () => {
    vite.kill()
    await exited
  }
  for await (const line of createInterface(vite.stdout)) {
    if (!line.includes('ready in')) continue
    vite.stdout.resume()
    return { close }
  }
  throw new Error('Vite ended before it was ready')
}
