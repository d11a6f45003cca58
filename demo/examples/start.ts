/** Starts the demo with one of the examples as a guest: its pages may call the broker, and vaults lead back to it. */
import { type Demo, type DemoOptions, type preferredPorts, startDemo } from '../start.js'
import { freePort } from '../ports.js'
import { createPlainForm } from './plain-form.js'
import { startReact } from './react.js'

export type ExampleName = 'form' | 'react'

export interface ExampleOptions extends Omit<DemoOptions, 'ports' | 'guests'> {
  /** As the demo's, and one more. */
  ports: typeof preferredPorts & { example: number }
}

/** What runs. */
export interface Example {
  url: string
  demo: Demo
  close: () => Promise<void>
}

export async function startExample (name: ExampleName, { ports, ...options }: ExampleOptions): Promise<Example> {
  const port = await freePort(ports.example)
  const origin = `http://localhost:${port}`
  const demo = await startDemo({ ...options, ports, guests: [origin] })
  try {
    const page = await pages[name](port, origin, demo)
    return {
      url: `${origin}/`,
      demo,
      async close () {
        await page.close()
        await demo.close()
      },
    }
  } catch (error) {
    await demo.close()
    throw error
  }
}

/** An example's page at an origin, as long as it is served. */
type Serve = (port: number, origin: string, demo: Demo) => Promise<{ close: () => Promise<unknown> }>

const pages: Readonly<Record<ExampleName, Serve>> = {
  async form (port, origin, { broker, apideck, signInUrl }) {
    const page = createPlainForm({ example: origin, sample: new URL(signInUrl).origin, broker: broker.origin, vault: apideck.vaultOrigin })
    await page.listen({ host: '127.0.0.1', port })
    return page
  },
  react: (port, _origin, { broker, apideck, signInUrl }) => startReact({ port, broker: broker.origin, signInUrl, frame: apideck.frameOrigin }),
}
