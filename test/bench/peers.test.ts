import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import t from 'tap'
import { withoutPackages } from '../helpers/programs.js'
import { SESSION_URI, httpUpstream, mint } from '../helpers/upstream.js'

const session = { redirect_uri: 'https://app.example.com/', settings: { unified_apis: ['crm'], session_length: '30m' } }

t.test('each of the broker\'s peers', { skip: withoutPackages('bench') }, async (t) => {
  for (const file of readdirSync('bench/peers').filter((file) => file !== 'peer.js')) {
    t.test(`${file} hands a Session over with the credentials, and its session back`, async (t) => {
      const upstream = await httpUpstream(t, mint)
      const peer = spawn(process.execPath, [`bench/peers/${file}`], {
        env: { APIDECK_API_KEY: 'key-0123456789', APIDECK_APP_ID: 'app-1', APIDECK_BASE_URL: upstream.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      t.teardown(() => peer.kill())
      const [port] = await once(createInterface(peer.stdout), 'line')
      const answer = await fetch(`http://127.0.0.1:${port}/vault-session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-consumer-id': 'acme' },
        body: JSON.stringify(session),
      })
      t.equal(answer.status, 200)
      t.match((await answer.text()).replaceAll('sessionUri', 'session_uri'), `"session_uri":"${SESSION_URI}"`)
      t.match(JSON.parse(upstream.received[0]?.body ?? ''), session)
      t.match(Object.fromEntries(upstream.received[0]?.headers ?? []), {
        authorization: 'Bearer key-0123456789', 'x-apideck-app-id': 'app-1', 'x-apideck-consumer-id': 'acme',
      })
    })
  }
})
