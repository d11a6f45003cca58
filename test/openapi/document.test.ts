import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { createDocument } from '../../src/openapi/document.js'
import type { Route } from '../../src/openapi/operation.js'
import type { DescribedIdentity } from '../../src/openapi/security.js'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const routes: Route[] = [{ method: 'POST', url: '/vault-session', schema: { operationId: 'x' }, answersAs: undefined, mints: true }]

const rows: Array<[identity: DescribedIdentity, never: ErrorCode[]]> = [
  [{ kind: 'jwt' }, []],
  [{ kind: 'gateway', consumerHeader: 'x-consumer-id' }, ['identity_unavailable']],
  [{ kind: 'static' }, ['unauthenticated', 'identity_unavailable']],
]
for (const [identity, never] of rows) {
  t.test(`with ${identity.kind} there is ${never.join(' and ') || 'no code'} that cannot occur`, async (t) => {
    const { components, paths } = createDocument(routes, { version: '1.0.0', identity })
    const all = Object.keys(createDocument(routes, { version: '1.0.0', identity: { kind: 'jwt' } }).components.examples)
    t.strictSame(all.filter((code) => !(code in components.examples)).sort(), [...never].sort())
    t.equal('401' in (paths['/vault-session']?.['post']?.responses ?? {}), !never.includes('unauthenticated'))
    t.equal('securitySchemes' in components, identity.kind !== 'static')
  })
}

const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
const document = (await broker.send({ method: 'GET', path: '/openapi.json' })).json as unknown as ReturnType<typeof createDocument>

/** Everything in the document that is called so, wherever it is. */
function named (name: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [...(key === name ? [member] : []), ...named(name, member)])
}

function at (pointer: string): unknown {
  return pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/')).reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], document)
}

t.test('every reference leads somewhere', async (t) => {
  const references = new Set(named('$ref', document) as string[])
  t.ok(references.size > 20)
  for (const reference of references) t.ok(at(reference), reference)
})

t.test('every example fits its schema', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, schemas: { document: { $id: 'document', ...document } } })
  const contents = named('content', document.paths) as Array<Record<string, { schema: { $ref?: string }, examples?: Record<string, { $ref?: string, value?: unknown }> }>>
  let checked = 0
  for (const { schema, examples } of contents.flatMap((content) => Object.values(content))) {
    for (const [name, example] of Object.entries(examples ?? {})) {
      const value = example.$ref === undefined ? example.value : (at(example.$ref) as { value: unknown }).value
      t.ok(ajv.validate({ $ref: `document${schema.$ref}` }, value), `${name}: ${ajv.errorsText()}`)
      checked++
    }
  }
  t.ok(checked > 50, `${checked} examples`)
})

t.test('every route that there is stands in it', async (t) => {
  const told = Object.entries(document.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`)).sort()
  t.strictSame(told, ['get /livez', 'get /openapi.json', 'get /readyz', 'post /vault-session', 'post /vault/sessions'])
  const lines = broker.app.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n')
  t.equal(lines.filter((line) => /\((?!OPTIONS)[A-Z, ]+\)/.test(line)).length, told.length, 'and there is no other')
})

t.test('a redirect has each header that the document requires of it, and no body', async (t) => {
  const { headers, content } = at('#/paths/~1vault-session/post/responses/302') as { headers: Record<string, { $ref: string }>, content?: object }
  const required = Object.entries(headers).filter(([, { $ref: reference }]) => (at(reference) as { required?: boolean }).required === true).map(([name]) => name.toLowerCase())
  t.ok(required.includes('location'))
  const answer = await broker.postForm('')
  t.match(answer, { status: 302, text: '' })
  t.strictSame(required.filter((name) => answer.headers[name] === undefined), [])
  t.equal(content, undefined)
})
