import t from 'tap'
import { problemType } from '../../src/schemas/problem.js'

t.test('the type of a problem is a URI that names its code', async (t) => {
  t.equal(problemType('rate_limited'), 'urn:vault-session-broker:problem:rate_limited')
  t.ok(URL.canParse(problemType('rate_limited')))
})
