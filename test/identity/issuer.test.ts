import { createServer as createTlsServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { createIssuer, failureName, keysUriIn, type IssuerOptions } from '../../src/identity/issuer.js'
import { startIssuer } from '../helpers/issuer.js'
import { listen, socketUpstream } from '../helpers/upstream.js'

function issuerOf (t: Test, options: IssuerOptions) {
  const issuer = createIssuer(options)
  t.teardown(() => issuer.close())
  return { fetchKeys: (ms = 5_000) => issuer.fetchKeys(AbortSignal.timeout(ms)) }
}

/** The name of what goes wrong with an issuer that answers in this way. */
async function failureOf (t: Test, options: IssuerOptions, ms?: number): Promise<string> {
  return failureName(await issuerOf(t, options).fetchKeys(ms).then(() => t.fail('keys were read'), (error: unknown) => error))
}

t.test('keys are where the discovery document says', async (t) => {
  const { url, requests } = await startIssuer(t)
  t.match(await issuerOf(t, { issuer: url }).fetchKeys(), { keys: [{ kid: 'key-1', kty: 'EC' }] })
  t.strictSame(requests, ['/.well-known/openid-configuration', '/jwks'])
})

t.test('keys are where the operator says, and nothing else is asked for', async (t) => {
  const { url, requests } = await startIssuer(t)
  await issuerOf(t, { issuer: 'https://issuer.example', jwksUri: `${url}/jwks` }).fetchKeys()
  t.strictSame(requests, ['/jwks'])
})

t.test('an issuer may end in a slash, or have a path', async (t) => {
  for (const path of ['/', '/tenant', '/tenant/']) {
    const { url, requests, answer } = await startIssuer(t)
    answer((request, response) => {
      response.end(JSON.stringify(request.url === '/jwks' ? { keys: [{ kty: 'EC' }] } : { issuer: `${url}${path}`, jwks_uri: `${url}/jwks` }))
    })
    await issuerOf(t, { issuer: url + path }).fetchKeys()
    t.equal(requests[0], `${path.replace(/\/$/, '')}/.well-known/openid-configuration`)
  }
})

type Respond = (request: IncomingMessage, response: ServerResponse, url: string) => void
const json = (body: unknown): Respond => (_request, response) => response.end(JSON.stringify(body))
const metadata = (members: object): Respond => (_request, response, url) => response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks`, ...members }))
const keys = (body: unknown): Respond => (request, response, url) =>
  request.url === '/jwks' ? response.end(JSON.stringify(body)) : metadata({})(request, response, url)

const rows: Array<[what: string, respond: Respond, failure: string]> = [
  ['metadata of another issuer', metadata({ issuer: 'https://evil.example' }), 'metadata_of_another_issuer'],
  ['metadata of nobody', json({}), 'metadata_of_another_issuer'],
  ['no jwks_uri', metadata({ jwks_uri: undefined }), 'jwks_uri'],
  ['a jwks_uri over http', metadata({ jwks_uri: 'http://issuer.example/jwks' }), 'jwks_uri'],
  ['a jwks_uri that is none', metadata({ jwks_uri: 'jwks' }), 'jwks_uri'],
  ['a jwks_uri that is a file', metadata({ jwks_uri: 'file:///etc/passwd' }), 'jwks_uri'],
  ['an empty set', keys({ keys: [] }), 'not_a_key_set'],
  ['no set', keys({}), 'not_a_key_set'],
  ['keys that are none', keys({ keys: [null] }), 'not_a_key_set'],
  ['keys without a type', keys({ keys: [{ kid: '1' }] }), 'not_a_key_set'],
  ['a hundred and one keys', keys({ keys: Array(101).fill({ kty: 'EC' }) }), 'not_a_key_set'],
  ['an array', json([]), 'metadata_of_another_issuer'],
  ['null', json(null), 'not_json'],
  ['a page', (_request, response) => response.end('<html>'), 'not_json'],
  ['nothing', (_request, response) => response.end(), 'not_json'],
  ['bytes that are compressed', (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}')), 'not_json'],
  ['404', (_request, response) => response.writeHead(404).end('{}'), 'status_404'],
  ['500', (_request, response) => response.writeHead(500).end(), 'status_500'],
  ['a redirect', (_request, response) => response.writeHead(302, { location: 'https://evil.example/' }).end(), 'status_302'],
  ['10 MB', (_request, response) => response.end(Buffer.alloc(10_000_000, ' ')), 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
  ['a header of 20 KB', (_request, response) => response.writeHead(200, { x: 'x'.repeat(20_000) }).end('{}'), 'UND_ERR_HEADERS_OVERFLOW'],
  ['a reset', (request) => request.socket.resetAndDestroy(), 'ECONNRESET'],
]
for (const [what, respond, failure] of rows) {
  t.test(`an issuer that answers ${what} has no keys`, async (t) => {
    const { url, answer } = await startIssuer(t)
    answer((request, response) => respond(request, response, url))
    t.equal(await failureOf(t, { issuer: url }), failure)
  })
}

t.test('an issuer over https has its keys over https', async (t) => {
  const issuer = 'https://issuer.example'
  t.equal(keysUriIn({ issuer, jwks_uri: 'https://keys.example/jwks?v=1' }, issuer), 'https://keys.example/jwks?v=1')
  t.throws(() => keysUriIn({ issuer, jwks_uri: 'http://127.0.0.1/jwks' }, issuer), { message: 'jwks_uri' })
})

t.test('an issuer that is silent is waited for as long as told', async (t) => {
  const { url } = await socketUpstream(t, () => {})
  t.equal(await failureOf(t, { issuer: url }, 100), 'TimeoutError')
})

t.test('an issuer that drips is waited for as long as told', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'))
  t.equal(await failureOf(t, { issuer: url }, 100), 'TimeoutError')
})

t.test('an issuer that is not there, or is somebody else, has no keys', async (t) => {
  t.equal(await failureOf(t, { issuer: 'http://127.0.0.1:1' }), 'ECONNREFUSED')
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  t.equal(await failureOf(t, { issuer: await listen(t, createTlsServer({ cert, key }), 'https') }), 'DEPTH_ZERO_SELF_SIGNED_CERT')
})

t.test('what was thrown is named, whatever it is', async (t) => {
  t.equal(failureName(new TypeError('words')), 'TypeError')
  t.equal(failureName('words'), 'unknown')
})
