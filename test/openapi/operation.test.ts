import t from 'tap'
import { operationOf, type Route } from '../../src/openapi/operation.js'

const common = { security: [{ bearer: [] }], codes: { minting: ['unauthenticated', 'rate_limited'], other: ['invalid_request'] } } as const
const schema = { operationId: 'do', summary: 'Do', description: 'It does.', tags: ['x'], response: { 200: { type: 'object' } } }
const route = (more: Partial<Route>): Route => ({ method: 'POST', url: '/x', schema, answersAs: undefined, mints: true, ...more })

/** The content types of a part of an operation. */
const typesOf = (part: unknown) => Object.keys((part as { content?: object } | undefined)?.content ?? {})

t.test('a route that mints is for callers who are known, takes both bodies, and redirects', async (t) => {
  const { responses, ...operation } = operationOf(route({}), common)
  t.match(operation, { operationId: 'do', security: [{ bearer: [] }], parameters: [{ $ref: '#/components/parameters/x-apideck-consumer-id' }] })
  t.strictSame(typesOf('requestBody' in operation && operation.requestBody), ['application/json', 'application/x-www-form-urlencoded'])
  t.strictSame(Object.keys(responses), ['200', '302', '401', '429'])
})

t.test('one that answers as Apideck takes JSON and never redirects', async (t) => {
  const { responses, ...operation } = operationOf(route({ answersAs: 'apideck' }), common)
  t.strictSame(typesOf('requestBody' in operation && operation.requestBody), ['application/json'])
  t.strictSame(Object.keys(responses), ['200', '401', '429'])
  t.strictSame(typesOf((responses as Record<string, unknown>)['401']), ['application/json'])
})

t.test('another is for everybody, and answers what its schema says', async (t) => {
  const operation = operationOf(route({ method: 'GET', mints: false }), common)
  t.match(operation, { security: [], responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } }, 400: {} } })
})
