import t from 'tap'
import { catalogue, type ErrorCode } from '../../src/errors.js'
import { errorExamples, errorResponses, problemOf } from '../../src/openapi/errors.js'

const codes = Object.keys(catalogue) as ErrorCode[]

interface Response {
  description: string
  headers: Record<string, object>
  content: Record<string, { schema: object, examples?: Record<string, unknown> }>
}

const responses = (shape: 'json' | 'apideck') => errorResponses(codes, shape, ['RateLimit']) as Record<string, Response>

t.test('each code is a status\'s, with its words and an example', async (t) => {
  const examples = errorExamples(codes)
  const all = responses('json')
  t.strictSame(Object.keys(all).sort(), [...new Set(codes.map((code) => String(catalogue[code].status)))].sort())
  for (const code of codes) {
    const response = all[catalogue[code].status]
    t.ok(response?.description.includes(`\`${code}\`: ${catalogue[code].detail}`), code)
    t.strictSame(response?.content['application/problem+json']?.examples?.[code], { $ref: `#/components/examples/${code}` })
    t.strictSame(examples[code], { summary: catalogue[code].title, value: problemOf(code) })
  }
})

t.test('an SDK gets Apideck\'s object, and no page', async (t) => {
  for (const { content } of Object.values(responses('apideck'))) t.strictSame(Object.keys(content), ['application/json'])
  t.match(responses('apideck')[422]?.content['application/json']?.examples?.['policy_violation'], { value: { status_code: 422, type_name: 'PolicyViolationError' } })
})

for (const [status, header] of [[401, 'WWW-Authenticate'], [405, 'Allow'], [429, 'Retry-After'], [503, 'Retry-After'], [422, 'RateLimit'], [500, 'X-Request-Id']] as const) {
  t.test(`a ${status} has ${header}`, async (t) => t.strictSame(responses('json')[status]?.headers[header], { $ref: `#/components/headers/${header}` }))
}
