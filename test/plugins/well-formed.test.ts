import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { MAX_HEADERS, faultIn } from '../../src/plugins/well-formed.js'

interface Written { version?: string, method?: string, url?: string, hosts?: string[], coding?: string, more?: number }

/** What is said of a request that is written so. */
function judge ({ version = '1.1', method = 'GET', url = '/', hosts = ['x'], coding, more = 0 }: Written): string | undefined {
  const lines = [...hosts.map((host) => ['Host', host]), ...Array.from({ length: more }, () => ['a', 'b'])]
  const headers = { ...(hosts[0] === undefined ? {} : { host: hosts[0] }), ...(coding === undefined ? {} : { 'transfer-encoding': coding }) }
  return faultIn({ httpVersion: version, method, url, headers, rawHeaders: lines.flat() } as IncomingMessage)
}

for (const [what, written, fault] of [
  ['HTTP/1.1', {}, undefined],
  ['HTTP/1.0 without Host', { version: '1.0', hosts: [] }, undefined],
  ['HTTP/0.9', { version: '0.9' }, /HTTP/],
  ['HTTP/2.0', { version: '2.0' }, /HTTP/],
  ['as many headers as there may be', { more: MAX_HEADERS - 1 }, undefined],
  ['a header more', { more: MAX_HEADERS }, /too many/],
  ['no Host', { hosts: [] }, /no Host/],
  ['two hosts', { hosts: ['x', 'y'] }, /one Host/],
  ['two hosts in HTTP/1.0', { version: '1.0', hosts: ['x', 'x'] }, /one Host/],
  ...['broker.example.com', 'broker_1:3000', '127.0.0.1:3000', '[::1]', '[fe80::1]:443', 'XN--BCHER-KVA.example'].map((host) => [`Host: ${host}`, { hosts: [host] }, undefined] as const),
  ...['', 'a,b', 'a b', 'u@h', 'a/b', 'a:b', 'a:123456', '[::1', 'a?b', 'a#b', 'a\\b', 'a%00', 'é', '[::1]x', 'https://a'].map((host) => [`Host: ${host}`, { hosts: [host] }, /one Host/] as const),
  ['chunks', { coding: 'chunked' }, undefined],
  ['CHUNKS', { coding: 'Chunked' }, undefined],
  ['chunks in HTTP/1.0', { version: '1.0', coding: 'chunked' }, /Transfer-Encoding/],
  ...['', 'identity', 'gzip, chunked', 'chunked, chunked', 'xchunked'].map((coding) => [`Transfer-Encoding: ${coding}`, { coding }, /Transfer-Encoding/] as const),
  ['a URL at its host', { url: 'HTTP://X/livez' }, undefined],
  ['a URL without a path', { url: 'https://x' }, undefined],
  ['a URL without a Host to hold it to', { version: '1.0', url: 'http://x/', hosts: [] }, undefined],
  ['an asterisk for OPTIONS', { method: 'OPTIONS', url: '*' }, undefined],
  ['two slashes', { url: '//y/livez' }, undefined],
  ...['*', '', 'livez', 'http://y/', 'http://x:80/', 'http://u@x/', 'ftp://x/', 'http:///', '/a#b', 'http://x/#'].map((url) => [`the target ${url}`, { url }, /target/] as const),
] as Array<[string, Written, RegExp | undefined]>) {
  t.test(`${what}: ${fault === undefined ? 'well-formed' : 'refused'}`, async (t) => {
    if (fault === undefined) t.equal(judge(written), undefined)
    else t.match(judge(written), fault)
  })
}
