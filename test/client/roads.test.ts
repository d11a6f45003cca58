import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { onSite, startClient } from '../helpers/client.js'
import { exampleSession } from '../helpers/example-session.js'
import { startFront } from '../helpers/front.js'
import { startIssuer } from '../helpers/issuer.js'
import { EXPIRES_AT, SESSION_URI, TOKEN, httpUpstream } from '../helpers/upstream.js'

/* The client in Chromium, the real broker behind it: every way of calling leads to a session, and to its vault. */

type World = Awaited<ReturnType<typeof startWorld>>

const session = { session_uri: SESSION_URI, session_token: TOKEN, expires_at: EXPIRES_AT }

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const world = await startWorld(t)
  t.test('whoever may, gets a session and its vault', (t) => roads(t, world))
  t.test('what is sent', (t) => sent(t, world))
})

async function startWorld (t: Test) {
  const [client, issuer, upstream] = await Promise.all([startClient(t), startIssuer(t), httpUpstream(t)])
  const broker = await startBroker(t, {
    ...issuer.variables,
    JWT_COOKIE: 'token',
    JWT_CONSUMER_CLAIM: 'vaults',
    APIDECK_BASE_URL: upstream.url,
    ALLOWED_ORIGINS: client.app,
    ALLOWED_REDIRECT_URIS: 'https://mysaas.com',
  })
  const front = await startFront(t, { broker: broker.url, site: client.site.url })
  const token = await issuer.sign({ vaults: ['acme'] })
  await client.context.addCookies([{ name: 'token', value: token, domain: '.acme.localhost', path: '/', httpOnly: true, sameSite: 'Strict' }])
  return {
    ...client,
    upstream,
    front,
    /** The broker's own origin, with pages on it. */
    own: onSite(front.url),
    /** The broker's route, on an origin of its own. */
    other: `${onSite(broker.url)}/vault-session`,
    token,
    tokenOfTwo: await issuer.sign({ vaults: ['acme', 'globex'] }),
  }
}

async function roads (t: Test, { app, own, other, blank, token, tokenOfTwo, upstream, open, call, site }: World): Promise<void> {
  const based = site.page('<base href="http://evil.localhost/">')

  for (const { way, page: address = app + blank, options, consumer = 'acme' } of [
    { way: 'a page of the broker\'s own origin, with its cookie', page: own + blank, options: '' },
    { way: 'a page of the broker\'s own origin whose <base> is elsewhere', page: own + based, options: '' },
    { way: 'a page of another origin, with a token', options: `{ url: '${other}', token: '${token}' }` },
    { way: 'a page of another origin, with a token from a function', options: `{ url: '${other}', token: () => '${token}' }` },
    { way: 'a page of another origin, with a token that comes later', options: `{ url: new URL('${other}'), token: async () => '${token}' }` },
    { way: 'a page of another origin, with the cookie', options: `{ url: '${other}', credentials: 'include' }` },
    { way: 'a page that chooses one of two consumers', options: `{ url: '${other}', token: '${tokenOfTwo}', consumerId: 'globex' }`, consumer: 'globex' },
    { way: 'a page that chooses the other of two consumers', options: `{ url: '${other}', token: '${tokenOfTwo}', consumerId: 'acme' }` },
    { way: 'a page that sets no bound', options: `{ url: '${other}', token: '${token}', timeoutMs: Infinity }` },
    { way: 'a page with options that are undefined', page: own + blank, options: '{ url: undefined, session: undefined, token: undefined, credentials: undefined, signal: undefined, timeoutMs: undefined, vaultJs: undefined }' },
  ]) {
    t.test(`${way} gets a session`, async (t) => {
      t.strictSame(await call(await open(t, address), `createVaultSession(${options})`), { value: session })
      t.equal(consumerOf(upstream), consumer)
    })

    t.test(`${way} is left for the vault`, async (t) => {
      const page = await open(t, address)
      const resolved = page.waitForEvent('console', (message) => message.text() === 'resolved with undefined')
      // The page may be gone before it has said what came of it.
      await call(page, `openVault(${options}).then((value) => console.log('resolved with ' + value))`).catch(() => {})
      await Promise.all([resolved, arrival(page)])
      t.equal(await page.locator('body').innerText(), 'the vault')
      t.equal(consumerOf(upstream), consumer)
    })
  }
}

async function sent (t: Test, { own, blank, token, tokenOfTwo, upstream, front, open, call, other }: World): Promise<void> {
  t.test('is JSON, and asks for JSON that is kept nowhere', async (t) => {
    const seen = front.exchanges.length
    await call(await open(t, own + blank), 'createVaultSession()')
    t.match(front.exchanges.slice(seen), [{
      method: 'POST',
      path: '/vault-session',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'content-length': '2', 'cache-control': 'no-cache' },
      answer: { status: 200 },
    }])
    t.notOk(front.exchanges[seen]?.headers.authorization)
    t.notOk(front.exchanges[seen]?.headers['x-apideck-consumer-id'])
  })

  t.test('is the Session as it is given', async (t) => {
    await call(await open(t), `createVaultSession({ url: '${other}', token: '${token}', session: ${JSON.stringify(exampleSession)} })`)
    t.strictSame(JSON.parse(upstream.received.at(-1)?.body ?? ''), exampleSession)
  })

  t.test('is a token that a function is asked for each time', async (t) => {
    const { value } = await call(await open(t), `(async () => {
      const tokens = ['${token}', '${tokenOfTwo}']
      const options = { url: '${other}', consumerId: 'acme', token: () => tokens.shift() }
      await createVaultSession(options)
      await createVaultSession(options)
      return tokens
    })()`)
    t.strictSame(value, [])
  })

  t.test('goes without the cookie to another origin, unless it is told', async (t) => {
    t.match(await call(await open(t), `createVaultSession({ url: '${other}' })`), { error: { code: 'unauthenticated' } })
    t.match(await call(await open(t, own + blank), "createVaultSession({ credentials: 'omit' })"), { error: { code: 'unauthenticated' } })
  })
}

function arrival (page: Page): Promise<void> {
  return page.waitForURL(SESSION_URI)
}

/** For whom the last session was made. */
function consumerOf ({ received }: World['upstream']): string | undefined {
  return received.at(-1)?.headers.find(([name]) => name.toLowerCase() === 'x-apideck-consumer-id')?.[1]
}
