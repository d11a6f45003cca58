import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import type { Identity } from '../../src/identity/identity.js'
import { startBroker } from '../helpers/broker.js'
import { startIssuer } from '../helpers/issuer.js'
import { heldUpstream, httpUpstream, mint } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)

t.test('policy stands between the caller and the upstream', async (t) => {
  const directory = t.testdir({ 'policy.json': JSON.stringify({ session: { theme: { vault_name: 'Acme' } }, caller_fields: ['settings'], max_session_length: '30m' }) })
  const ruled = await startBroker(t, { APIDECK_BASE_URL: upstream.url, SESSION_POLICY_FILE: `${directory}/policy.json` })
  t.match(await ruled.postJson({ settings: { show_logs: false } }), { status: 200 })
  t.strictSame(JSON.parse(upstream.received.at(-1)?.body ?? ''), { theme: { vault_name: 'Acme' }, settings: { show_logs: false, session_length: '30m' } })
  t.match(await ruled.postJson({ theme: { vault_name: 'Evil' } }), { status: 422, json: { code: 'policy_violation', errors: [{ pointer: '/theme/vault_name' }] } })
})

t.test('verified claims tell Apideck who the consumer is, and callers do not', async (t) => {
  const issuer = await startIssuer(t)
  const policy = { session: { consumer_metadata: { account_name: 'A customer' } }, consumer_metadata_claims: { account_name: 'org.name', user_name: 'name', image: 'picture' } }
  const SESSION_POLICY_FILE = `${t.testdir({ 'policy.json': JSON.stringify(policy) })}/policy.json`
  const ruled = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, SESSION_POLICY_FILE })
  const authorization = `Bearer ${await issuer.sign({ name: 'Ada Park', picture: 'http://canary.example/ada.png' })}`

  t.match(await ruled.postJson({ settings: { show_logs: false } }, { authorization }), { status: 200 })
  t.strictSame(JSON.parse(upstream.received.at(-1)?.body ?? ''), { settings: { show_logs: false }, consumer_metadata: { account_name: 'A customer', user_name: 'Ada Park' } })
  t.match(ruled.log().find(({ msg }) => msg === 'request completed'), { claims_left_out: ['org.name', 'picture'] })
  t.notMatch(ruled.output(), /canary|Ada Park/)
  t.match(await ruled.postForm('consumer_metadata[user_name]=Eve', { authorization, 'sec-fetch-mode': 'cors' }), {
    status: 422, json: { code: 'policy_violation', errors: [{ pointer: '/consumer_metadata/user_name' }] },
  })
})

t.test('for a client that has left before the call there is none', async (t) => {
  const calls = upstream.received.length
  const identity: Identity = {
    isSentByBrowser: () => false,
    async identify ({ socket }) {
      socket.destroy()
      await once(socket, 'close')
      return { entitledTo: ['acme'], claims: {} }
    },
    close: async () => {},
  }
  const hasty = await startBroker(t, { APIDECK_BASE_URL: upstream.url }, { identity })
  await t.rejects(hasty.send())
  await hasty.app.close()
  t.equal(upstream.received.length, calls)
  t.match(hasty.log().find(({ msg }) => msg === 'audit'), { event: 'session_abandoned', address: '127.0.0.1' })
})

t.test('a client that leaves takes its call upstream with it, and leaves one line', async (t) => {
  const held = await heldUpstream(t)
  const abandoned = await startBroker(t, { APIDECK_BASE_URL: held.url, UPSTREAM_CONNECTIONS: '1' })
  const client = connect(Number(new URL(abandoned.url).port), '127.0.0.1')
  client.write('POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  const cancelled = once(await held.next(), 'close')
  client.destroy()
  await cancelled

  const next = abandoned.send()
  const response = await held.next()
  mint(response.req, response)
  t.equal((await next).status, 200, 'its place is free')
  t.strictSame(abandoned.log().map(({ msg }) => msg).filter((msg) => /request|error/.test(String(msg))), ['request abandoned by the client', 'request completed'])
})
