import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import { send, startBroker } from '../helpers/broker.js'
import { exampleSession } from '../helpers/example-session.js'
import { startIssuer } from '../helpers/issuer.js'
import { withoutPackages } from '../helpers/programs.js'
import { errorBody, httpUpstream, mint } from '../helpers/upstream.js'

/*
 * The whole journey through an outsider that reads the broker's document and holds each request and each answer to it: one
 * that does not conform becomes an error of its own. It follows redirects by itself, so those it cannot see.
 */

const folder = 'test/conformance'

/** A proxy before the broker, which judges by its document. Stopped with the test. */
async function startJudge (t: Test, brokerUrl: string, options: readonly string[] = [], edit = (document: string) => document) {
  const { text } = await send(`${brokerUrl}/openapi.json`)
  const file = `${t.testdir({ 'openapi.json': edit(text) })}/openapi.json`
  const port = String(await freePort(0))
  const prism = spawn(process.execPath, [
    `${folder}/node_modules/@stoplight/prism-cli/dist/index.js`, 'proxy', file, brokerUrl, '--port', port, '--errors', '--cors=false', ...options,
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(prism, 'exit')
  t.teardown(async () => {
    prism.kill('SIGKILL')
    await exited
  })
  for await (const line of createInterface(prism.stdout)) {
    if (line.includes('is listening')) break
  }
  prism.stdout.resume()
  return `http://127.0.0.1:${port}`
}

t.test('each request and each answer conforms to the document', { skip: withoutPackages(folder) }, async (t) => {
  const issuer = await startIssuer(t)
  let answer: typeof mint = mint
  const upstream = await httpUpstream(t, (request, response) => answer(request, response))
  const policy = { caller_fields: ['consumer_metadata', 'redirect_uri', 'settings', 'theme.favicon', 'theme', 'custom_consumer_settings'], max_session_length: '1d' }
  const SESSION_POLICY_FILE = `${t.testdir({ 'policy.json': JSON.stringify(policy) })}/policy.json`
  const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, ALLOWED_REDIRECT_URIS: 'https://mysaas.com', ALLOWED_ORIGINS: 'https://mysaas.com', SESSION_POLICY_FILE, RATE_LIMIT_MAX: '1000' })
  const authorization = `Bearer ${await issuer.sign()}`
  const json = { authorization, 'content-type': 'application/json' }
  const form = { authorization, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-mode': 'cors' }
  const example = JSON.stringify(exampleSession)

  const good: Array<[what: string, method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string]> = [
    ['a probe', 'GET', '/livez', {}],
    ['another probe', 'GET', '/readyz', {}],
    ['the document', 'GET', '/openapi.json', {}],
    ['the example', 'POST', '/vault-session', json, example],
    ['a page\'s script', 'POST', '/vault-session', { ...json, origin: 'https://mysaas.com', 'sec-fetch-mode': 'cors' }, example],
    ['no body', 'POST', '/vault-session', { authorization }],
    ['a form', 'POST', '/vault-session', form, 'settings[unified_apis][]=crm&settings[unified_apis][]=ats&settings[show_logs]=false&theme[vault_name]=Acme&custom_consumer_settings[a][b]=c'],
    ['a form with one value', 'POST', '/vault-session', form, 'settings[unified_apis][]=crm&settings[session_length]=30m'],
    ['a chosen consumer', 'POST', '/vault-session', { ...json, 'x-apideck-consumer-id': 'acme' }, '{}'],
    ['an SDK', 'POST', '/vault/sessions', { ...json, 'x-apideck-app-id': 'any', 'x-apideck-consumer-id': 'acme' }, example],
  ]
  t.test('what is well', async (t) => {
    const judge = await startJudge(t, broker.url)
    for (const [what, method, path, headers, body] of good) {
      t.match(await send(judge + path, { method, headers, ...(body === undefined ? {} : { body }) }), { status: 200, headers: { 'x-request-id': /./ } }, what)
    }
  })

  t.test('what does not conform would be seen', async (t) => {
    for (const edit of [
      (document: string) => document.replaceAll('"no-store"', '"public"'),
      (document: string) => document.replaceAll('"required":["session_uri"', '"required":["canary","session_uri"'),
    ]) {
      const judge = await startJudge(t, broker.url, [], edit)
      t.match(await send(`${judge}/vault-session`, { method: 'POST', headers: json, body: '{}' }), { status: 500, text: /VIOLATIONS/ })
    }
  })

  const faults: Array<[what: string, status: number, code: string, headers: Record<string, string>, body: string]> = [
    ['a property that is unknown', 400, 'invalid_request', json, '{"redirectUri":"x"}'],
    ['a token of nobody', 401, 'unauthenticated', { ...json, authorization: 'Bearer of-nobody' }, '{}'],
    ['another origin', 403, 'origin_not_allowed', { ...json, origin: 'https://evil.example' }, '{}'],
    ['another\'s consumer', 403, 'consumer_not_allowed', { ...json, 'x-apideck-consumer-id': 'globex' }, '{}'],
    ['too large a body', 413, 'payload_too_large', json, `{"a":"${'x'.repeat(17_000)}"}`],
    ['text', 415, 'unsupported_media_type', { ...json, 'content-type': 'text/plain' }, '{}'],
    ['too long a session', 422, 'policy_violation', json, '{"settings":{"session_length":"7d"}}'],
    ['a redirect to elsewhere', 422, 'redirect_uri_not_allowed', json, '{"redirect_uri":"https://evil.example"}'],
  ]
  const failures: Array<[theirs: number, status: number, code: string]> = [
    [422, 422, 'session_rejected'], [401, 502, 'upstream_auth_failed'], [402, 503, 'upstream_limit_reached'], [404, 502, 'upstream_rejected'],
    [429, 503, 'upstream_rate_limited'], [408, 504, 'upstream_timeout'], [500, 502, 'upstream_error'], [302, 502, 'upstream_invalid_response'],
  ]
  t.test('what is refused', async (t) => {
    const judge = await startJudge(t, broker.url, ['--validate-request=false'])
    const all = [...faults.map((fault) => [...fault, 0] as const), ...failures.map(([theirs, status, code]) => [`Apideck's ${theirs}`, status, code, json, '{}', theirs] as const)]
    for (const [what, status, code, headers, body, theirs] of all) {
      answer = theirs === 0 ? mint : (_request, response) => { response.writeHead(theirs, { 'content-type': 'application/json' }).end(errorBody(theirs)) }
      for (const [shape, path, wish, told] of [
        ['a program', '/vault-session', {}, new RegExp(`"code":"${code}"`)],
        ['a navigation', '/vault-session', { accept: 'text/html' }, new RegExp(`<code>${code}</code>`)],
        ['an SDK', '/vault/sessions', {}, new RegExp(`"status_code":${status}.*"code":"${code}"`)],
      ] as const) {
        t.match(await send(judge + path, { method: 'POST', headers: { ...headers, ...wish }, body }), { status, text: told }, `${what}, to ${shape}`)
      }
    }
  })
})
