import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { send } from '../helpers/broker.js'
import { environment } from '../helpers/environment.js'
import { startServer } from '../helpers/process.js'
import { listen, mint, mintedBody, socketUpstream } from '../helpers/upstream.js'

/*
 * An upstream over real TLS, a fault a row. The broker is a process of its own that trusts our authority, and whose
 * environment asks it to verify nothing: it verifies all the same.
 */

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS)

interface Terms { host?: string, from?: Date, until?: Date, isOurs?: boolean }

/** A certificate of our authority for a host of that name, or address. */
async function certificate ({ host = '127.0.0.1', from = ago(1), until = ago(-1), isOurs = true }: Terms = {}): Promise<TlsOptions> {
  const altName = /^[\d.]+$/.test(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: until,
    extensions: [{ name: 'subjectAltName', altNames: [altName] }],
    ...(isOurs ? { ca: { key: authority.private, cert: authority.cert } } : {}),
  })
  return { cert, key }
}

const authority = await generate([{ name: 'commonName', value: 'Our authority' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, critical: true }],
})

async function startTrusting (t: Test, url: string) {
  const path = t.testdir({ 'authority.pem': authority.cert })
  return startServer(t, {
    ...environment,
    APIDECK_BASE_URL: url,
    NODE_EXTRA_CA_CERTS: `${path}/authority.pem`,
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    UPSTREAM_TIMEOUT_MS: '6000',
    RATE_LIMIT_MAX: '1000',
  }, { program: 'dist/server.js' })
}

const rows: Array<[what: string, options: TlsOptions | Promise<TlsOptions>, failure: RegExp]> = [
  ['a certificate that has expired', certificate({ from: ago(9), until: ago(2) }), /^CERT_HAS_EXPIRED$/],
  ['a certificate from the future', certificate({ from: ago(-2), until: ago(-9) }), /^CERT_NOT_YET_VALID$/],
  ['a certificate that it signed itself', certificate({ isOurs: false }), /^DEPTH_ZERO_SELF_SIGNED_CERT$/],
  ['a certificate for another host', certificate({ host: 'unify.apideck.com' }), /^ERR_TLS_CERT_ALTNAME_INVALID$/],
  ['a certificate for another address', certificate({ host: '127.0.0.2' }), /^ERR_TLS_CERT_ALTNAME_INVALID$/],
  ['TLS 1.1 at most', { ...await certificate(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, /^(?:ERR_SSL_|ECONNRESET|EPROTO)/],
  ['no cipher in common', { ...await certificate(), maxVersion: 'TLSv1.2', ciphers: 'PSK' }, /^(?:ERR_SSL_|ECONNRESET|EPROTO)/],
]

for (const [what, options, failure] of rows) {
  t.test(`upstream has ${what}: upstream_unreachable, and nothing is sent`, async (t) => {
    let requests = 0
    const url = await listen(t, createHttpsServer(await options, (request, response) => {
      requests++
      mint(request, response)
    }).on('tlsClientError', () => {}), 'https')
    const server = await startTrusting(t, url)
    const since = performance.now()
    t.match(await send(`${server.url}/vault-session`, { method: 'POST' }), { status: 502, json: { code: 'upstream_unreachable' } })
    t.ok(performance.now() - since < 3_000, 'at once')
    t.equal(requests, 0)
    server.kill('SIGTERM')
    await server.exit
    const [, named = ''] = /"upstream_failure":"([^"]+)"/.exec(server.output()) ?? []
    t.match(named, failure)
  })
}

t.test('upstream has a certificate of an authority that is trusted, and TLS 1.2: it mints', async (t) => {
  const url = await listen(t, createHttpsServer({ ...await certificate(), maxVersion: 'TLSv1.2' }, mint), 'https')
  const server = await startTrusting(t, url)
  t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
})

t.test('upstream speaks no TLS: upstream_unreachable after two calls', async (t) => {
  let connections = 0
  const { url } = await socketUpstream(t, (socket) => {
    connections++
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  const server = await startTrusting(t, url.replace('http:', 'https:'))
  t.match(await send(`${server.url}/vault-session`, { method: 'POST' }), { status: 502, json: { code: 'upstream_unreachable' } })
  t.equal(connections, 2)
})

t.test('upstream does not answer the handshake: upstream_timeout after two attempts of two seconds', async (t) => {
  const { url } = await socketUpstream(t, () => {})
  const server = await startTrusting(t, url.replace('http:', 'https:'))
  const since = performance.now()
  t.match(await send(`${server.url}/vault-session`, { method: 'POST' }), { status: 504, json: { code: 'upstream_timeout' } })
  const ms = performance.now() - since
  t.ok(ms > 3_900 && ms < 8_000, `${Math.round(ms)} ms`)
})

for (const [how, onNext] of [
  ['closes', (socket) => socket.end()],
  ['resets', (socket) => socket.destroy()],
] as Array<[string, (socket: TLSSocket) => void]>) {
  t.test(`upstream ${how} connections that were kept as the next request comes: no caller hears of it`, async (t) => {
    const body = mintedBody()
    let cut = 0
    const tls = createTlsServer(await certificate(), (socket) => {
      let requests = 0
      socket.on('error', () => {}).on('data', () => {
        if (requests++ === 0) {
          socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
          return
        }
        cut++
        onNext(socket)
      })
    })
    const server = await startTrusting(t, await listen(t, tls, 'https'))
    for (let i = 0; i < 20; i++) t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
    t.ok(cut > 0, 'they were')
  })
}
