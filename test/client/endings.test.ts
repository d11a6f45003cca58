import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { onSite, startClient } from '../helpers/client.js'
import { SESSION_URI, TOKEN, heldUpstream } from '../helpers/upstream.js'

/* Who has called it off, or has waited long enough, is told so at once, and nothing opens any more. */

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const { app, site, open, call, begin } = await startClient(t)
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app, UPSTREAM_TIMEOUT_MS: '30000' })
  const url = `${onSite(broker.url)}/vault-session`

  const whole = JSON.stringify({ session_uri: SESSION_URI, session_token: TOKEN })
  let unfinished: ServerResponse | undefined
  /** An answer that has begun, and of which the rest is the test's to send. */
  const slow = site.serve((_request, response) => {
    unfinished = response.writeHead(200, { 'content-type': 'application/json' })
    response.write(whole.slice(0, 60))
  })

  const vaultJs = "vaultJs: { open () { document.title = 'opened' } }"
  const aborted = { isOurs: true, code: 'aborted', status: undefined, errors: [], cause: 'RangeError: the reason' }
  const timedOut = { isOurs: true, code: 'timed_out', status: undefined, errors: [], cause: undefined }
  /** Calls it off. */
  const abort = "controller.abort(new RangeError('the reason'))"
  const withController = (options: string) => `(globalThis.controller = new AbortController(), openVault({ signal: controller.signal, ${vaultJs}, ${options} }))`

  t.test('called off before it begins, it asks for no token and sends nothing', async (t) => {
    const page = await open(t)
    const asked: string[] = []
    page.on('request', (request) => { if (request.method() !== 'GET') asked.push(request.url()) })
    const { error } = await call(page, `openVault({
      url: '${url}',
      signal: AbortSignal.abort(new RangeError('the reason')),
      token () { document.title = 'asked' },
      ${vaultJs},
    })`)
    t.match(error, aborted)
    t.equal(await page.title(), 'a page')
    t.strictSame(asked, [])
  })

  t.test('called off while the token is waited for, it sends nothing once that comes', async (t) => {
    const page = await open(t)
    const asked: string[] = []
    page.on('request', (request) => { if (request.method() !== 'GET') asked.push(request.url()) })
    const told = await begin(page, withController(`url: '${url}', token: () => new Promise((resolve) => { globalThis.giveToken = resolve })`))
    await page.waitForFunction('globalThis.giveToken')
    await page.evaluate(abort)
    t.match((await told()).error, aborted)
    await page.evaluate("giveToken('late')")
    t.equal(await page.title(), 'a page')
    t.strictSame(asked, [])
  })

  t.test('called off while Apideck is waited for, its call ends there too', async (t) => {
    const page = await open(t)
    const told = await begin(page, withController(`url: '${url}'`))
    const closed = once(await upstream.next(), 'close')
    await page.evaluate(abort)
    t.match((await told()).error, aborted)
    await closed
    t.equal(await page.title(), 'a page')
  })

  t.test('called off while the answer arrives, nothing opens', async (t) => {
    const page = await open(t)
    const answering = page.waitForResponse((response) => response.url().endsWith(slow))
    const told = await begin(page, withController(`url: '${slow}'`))
    await answering
    await page.evaluate(abort)
    t.match((await told()).error, aborted)
    unfinished?.end(whole.slice(60))
    t.equal(await page.title(), 'a page')
  })

  t.test('called off in the moment in which the answer is there, nothing opens', async (t) => {
    const page = await open(t)
    const answer = site.serve((_request, response) => response.end(whole))
    await page.evaluate(`{
      const { text } = Response.prototype
      Response.prototype.text = async function () {
        const all = await text.call(this)
        ${abort}
        return all
      }
    }`)
    t.match((await call(page, withController(`url: '${answer}'`))).error, aborted)
    t.equal(await page.title(), 'a page')
  })

  t.test('called off once it is open, it stays', async (t) => {
    const page = await open(t)
    const answer = site.serve((_request, response) => response.end(whole))
    t.match(await call(page, withController(`url: '${answer}'`)), { error: undefined })
    await page.evaluate(abort)
    t.equal(await page.title(), 'opened')
  })

  for (const [what, options] of [
    ['a token that does not come', `url: '${url}', token: () => new Promise(() => {})`],
    ['an upstream that does not answer', `url: '${url}'`],
    ['an answer that does not end', `url: '${slow}'`],
    ['a time that is no time', `url: '${url}', timeoutMs: 0`],
  ] as const) {
    t.test(`${what} is waited for as long as timeoutMs says`, async (t) => {
      const page = await open(t)
      const { error } = await call(page, `openVault({ timeoutMs: 200, ${options}, ${vaultJs} })`)
      t.match(error, timedOut)
      t.equal(await page.title(), 'a page')
    })
  }

  t.test('it waits for 15 seconds unless told otherwise, and no timer stays', async (t) => {
    const page = await open(t)
    const answer = site.serve((_request, response) => response.end(whole))
    const { value } = await call(page, `(async () => {
      const [delays, timers] = [[], new Set()]
      const { setTimeout, clearTimeout } = globalThis
      globalThis.setTimeout = (callback, ms) => { delays.push(ms); const timer = setTimeout(callback, ms); timers.add(timer); return timer }
      globalThis.clearTimeout = (timer) => { timers.delete(timer); clearTimeout(timer) }
      for (const timeoutMs of [undefined, 20_000, Infinity]) await createVaultSession({ url: '${answer}', timeoutMs })
      return { delays, left: timers.size }
    })()`)
    t.strictSame(value, { delays: [15_000, 20_000, 2 ** 31 - 1], left: 0 })
  })

  t.test('a reason that is a text comes as it is, and so does that of a signal\'s own timeout', async (t) => {
    const page = await open(t)
    t.match((await call(page, "createVaultSession({ signal: AbortSignal.abort('enough') })")).error, { code: 'aborted', cause: 'enough' })
    t.match((await call(page, `createVaultSession({ url: '${slow}', signal: AbortSignal.timeout(50) })`)).error, { code: 'aborted', cause: /^TimeoutError: / })
  })

  t.test('no listener stays on the caller\'s signal', async (t) => {
    const page = await open(t)
    const answer = site.serve((_request, response) => response.end(whole))
    const { value } = await call(page, `(async () => {
      const { signal } = new AbortController()
      const listening = []
      const { addEventListener, removeEventListener } = EventTarget.prototype
      signal.addEventListener = (type, listener) => { listening.push(listener); addEventListener.call(signal, type, listener) }
      signal.removeEventListener = (type, listener) => { listening.splice(listening.indexOf(listener), 1); removeEventListener.call(signal, type, listener) }
      const counts = []
      for (const options of [{ url: '${answer}' }, { url: '/nothing' }, { url: '${slow}', timeoutMs: 50 }]) {
        const done = createVaultSession({ ...options, signal }).catch(() => {})
        counts.push(listening.length)
        await done
        counts.push(listening.length)
      }
      return counts
    })()`)
    t.strictSame(value, [1, 0, 1, 0, 1, 0])
  })
})
