import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'

/*
 * The house of docs/design.md, held to the code: which room may import which, what may be in one, and that each file
 * has its test.
 */

interface Rule {
  /** Rooms of ours that it may import, beside itself. */
  imports: string[]
  /** Packages that it must not import. */
  never?: RegExp
}

const io = /^(?:fastify|@fastify\/|undici|pino|node:(?:fs|net|http|https|timers))/

const rules: Record<string, Rule> = {
  schemas: { imports: [], never: /^(?:fastify|@fastify\/|undici|pino|node:(?!net))/ },
  'errors.ts': { imports: [], never: /./ },
  'secret.ts': { imports: [], never: io },
  'scrub.ts': { imports: ['secret.ts'], never: io },
  'line-writer.ts': { imports: [], never: /./ },
  'logger.ts': { imports: ['secret.ts', 'scrub.ts', 'line-writer.ts'] },
  'lifecycle.ts': { imports: [], never: /./ },
  'availability.ts': { imports: [], never: /./ },
  'version.ts': { imports: [] },
  'small-file.ts': { imports: [], never: /^(?!node:fs)/ },
  'followed-secret.ts': { imports: ['secret.ts', 'availability.ts', 'small-file.ts'], never: /^(?!node:timers)/ },
  'secret-files.ts': { imports: ['followed-secret.ts', 'availability.ts'], never: /./ },
  policy: { imports: ['schemas', 'errors.ts'], never: io },
  identity: { imports: ['schemas', 'errors.ts', 'secret.ts', 'availability.ts'], never: /^(?:fastify|@fastify\/)/ },
  limits: { imports: ['secret.ts', 'availability.ts'], never: /^(?:fastify|@fastify\/|undici)/ },
  upstream: { imports: ['schemas', 'errors.ts', 'secret.ts', 'availability.ts'], never: /^(?:fastify|@fastify\/)/ },
  plugins: { imports: ['schemas', 'errors.ts', 'policy', 'identity', 'limits', 'lifecycle.ts'], never: /^undici/ },
  openapi: { imports: ['schemas', 'errors.ts', 'policy', 'plugins'], never: /^(?:@fastify\/|undici|pino|node:)/ },
  routes: { imports: ['schemas', 'errors.ts', 'policy', 'upstream'], never: /^(?:undici|node:)/ },
  config: { imports: ['schemas', 'config', 'secret.ts', 'small-file.ts'] },
  'config.ts': { imports: ['schemas', 'config', 'secret.ts'] },
  'http-app.ts': { imports: ['schemas', 'plugins'] },
  metrics: { imports: ['availability.ts', 'errors.ts', 'upstream', 'plugins', 'version.ts'], never: io },
  'tracing.ts': { imports: ['availability.ts', 'errors.ts', 'secret.ts', 'version.ts', 'plugins'], never: /^(?:fastify|@fastify\/|undici|pino)/ },
  'metrics-app.ts': { imports: ['http-app.ts', 'metrics', 'plugins', 'routes'] },
  'app.ts': { imports: ['http-app.ts', 'metrics', 'tracing.ts', 'schemas', 'errors.ts', 'policy', 'identity', 'limits', 'upstream', 'openapi', 'plugins', 'routes', 'config.ts', 'lifecycle.ts', 'availability.ts', 'secret-files.ts', 'version.ts'] },
  'server.ts': { imports: ['app.ts', 'config.ts', 'lifecycle.ts', 'logger.ts', 'metrics-app.ts'] },
  'healthcheck.ts': { imports: ['schemas'] },
}

/** Rooms that are handed what these others make, and make nothing. */
const takers = ['routes', 'plugins']
const makers = ['identity', 'limits', 'upstream']

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).sort()
const source = (file: string) => readFileSync(join('src', file), 'utf8')
const roomOf = (file: string) => file.split('/', 1)[0] ?? file

for (const file of files) {
  t.test(`${file} imports what its room may`, async (t) => {
    const rule = rules[roomOf(file)]
    if (rule === undefined) {
      t.fail('it stands in a room that has no rule')
      return
    }
    for (const [, isType, name = ''] of source(file).matchAll(/(?:^import (type )?|^export [^\n]*? from |import\()[^']*?'([^']+)'/gm)) {
      if (!name.startsWith('.')) {
        t.notOk(rule.never?.test(name), `${name} is not for it`)
        continue
      }
      const room = roomOf(relative('.', join(dirname(file), name.replace(/\.js$/, '.ts'))))
      if (room === roomOf(file)) continue
      t.ok(rule.imports.includes(room), `${room} is not for it`)
      if (takers.includes(roomOf(file)) && makers.includes(room)) t.ok(isType, `of ${room} it takes types alone`)
    }
  })
}

t.test('what measures and what traces is loaded where it is asked for alone', async (t) => {
  const loaders = (name: string) => files.filter((file) => new RegExp(`^import (?!type )[^\\n]* from '\\.{1,2}/${name}\\.js'`, 'm').test(source(file)))
  t.strictSame(loaders('metrics/metrics'), ['metrics-app.ts'])
  t.strictSame(loaders('metrics-app'), [])
  t.strictSame(loaders('tracing'), [])
  const openTelemetry = files.filter((file) => source(file).includes("'@opentelemetry/"))
  t.strictSame(openTelemetry, ['tracing.ts'])
})

t.test('the environment is read by the process alone', async (t) => {
  const readers = files.filter((file) => source(file).replaceAll(/\/\*[^]*?\*\//g, '').includes('process.env'))
  t.strictSame(readers, ['healthcheck.ts', 'server.ts'])
})

t.test('no file does more than one may read at once', async (t) => {
  for (const file of files) t.ok(source(file).split('\n').length <= 180, file)
})

/** Files that are types and nothing to run. */
const isTypes = (file: string) => !/^(?:export )?(?:async )?(?:const|function|class|try)\b/m.test(source(file))

/** Schemas whose rules are tested where they are used. */
const declarations = ['openapi/examples.ts', 'openapi/headers.ts', 'schemas/apideck.ts', 'schemas/minted-session.ts', 'schemas/upstream.ts', 'schemas/environment.ts', 'schemas/variable.ts', 'limits/counter.ts']

t.test('each file has its test, and each test its file', async (t) => {
  for (const file of files.filter((file) => !isTypes(file) && !declarations.includes(file))) {
    t.ok(existsSync(join('test', file.replace(/\.ts$/, '.test.ts'))), file)
  }
  const rooms = [...new Set(files.map(roomOf))].filter((room) => !room.endsWith('.ts'))
  for (const room of rooms) {
    for (const file of readdirSync(join('test', room)).filter((name) => name.endsWith('.test.ts'))) {
      t.ok(existsSync(join('src', room, file.replace(/\.test\.ts$/, '.ts'))), `test/${room}/${file}`)
    }
  }
})
