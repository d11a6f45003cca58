import t from 'tap'
import { isBaseUrl, isHost, isHttpsUrl, isLoopback, isWebOrigin } from '../../src/schemas/urls.js'

type Table = [predicate: (text: string) => boolean, takes: string[], refuses: string[]]

const tables: Table[] = [
  [isLoopback,
    ['localhost', 'app.localhost', '127.0.0.1', '127.8.9.10', '[::1]'],
    ['localhost.example.com', 'notlocalhost', '128.0.0.1', '127.0.0.1.example.com', '10.0.0.1', '[::2]', '0.0.0.0']],
  [isHttpsUrl,
    ['https://a.example', 'https://a.example/logo.png?v=1#top'],
    ['http://a.example', 'https://user@a.example', 'https://user:pass@a.example', 'https://', 'javascript:alert(1)', 'data:image/png,x', '//a.example', '', 'https://a.example/a b', ' https://a.example', 'https://a.example/\n', 'https:a.example', 'https:/a.example', 'https://a.example/"><script>', 'https://a.example/\\b']],
  [isWebOrigin,
    ['https://app.example.com', 'https://app.example.com:8443', 'http://localhost:4000', 'http://app.localhost', 'http://127.0.0.1:1'],
    ['https://app.example.com/', 'https://app.example.com:443', 'https://APP.example.com', 'http://app.example.com', 'null', '*', 'https://*.example.com/', 'app.example.com', 'https://u@app.example.com']],
  [isHost,
    ['vault.apideck.com', 'localhost:4002', '127.0.0.1:1', '[::1]:4002'],
    ['https://vault.apideck.com', 'vault.apideck.com/', 'vault.apideck.com:443', 'VAULT.apideck.com', 'user@vault.apideck.com', '', 'a b', '*.apideck.com', '*']],
  [isBaseUrl,
    ['https://unify.apideck.com', 'https://unify.apideck.com/', 'https://proxy.example/apideck', 'http://127.0.0.1:4001', 'http://localhost:4001'],
    ['http://unify.apideck.com', 'https://u:p@unify.apideck.com', 'https://unify.apideck.com?', 'https://unify.apideck.com?x=1', 'https://unify.apideck.com/#', 'ftp://127.0.0.1', 'unify.apideck.com', 'https:unify.apideck.com', 'HTTPS://unify.apideck.com', ' https://unify.apideck.com', 'https://@unify.apideck.com']],
]

for (const [predicate, takes, refuses] of tables) {
  for (const text of takes) t.test(`${predicate.name} takes ${JSON.stringify(text)}`, async (t) => t.ok(predicate(text)))
  for (const text of refuses) t.test(`${predicate.name} refuses ${JSON.stringify(text)}`, async (t) => t.notOk(predicate(text)))
}
