import { errors } from 'undici'
import t from 'tap'
import { BrokerError } from '../../src/errors.js'
import { verdictOn, verdictOnThrown } from '../../src/upstream/verdict.js'

const closed = new errors.SocketError('other side closed')
const gone = new DOMException('', 'AbortError')

for (const status of [200, 201, 302, 400, 401, 402, 408, 422, 429]) {
  t.test(`${status} is an answer`, async (t) => t.equal(verdictOn({ status, headers: {}, text: '' }), 'answered'))
}
for (const status of [500, 502, 503, 504, 599]) {
  t.test(`${status} is a failure`, async (t) => t.strictSame(verdictOn({ status, headers: {}, text: '' }), { failure: `status_${status}` }))
}
t.test('a session that breaks off is a failure, a refusal that does so is an answer, and who leaves says nothing', async (t) => {
  t.strictSame(verdictOn({ status: 200, headers: {}, text: '', failure: closed }), { failure: 'upstream_unreachable' })
  t.equal(verdictOn({ status: 400, headers: {}, text: '', failure: closed }), 'answered')
  t.equal(verdictOn({ status: 200, headers: {}, text: '', failure: gone }), 'neither')
})
for (const [error, verdict] of [
  [closed, { failure: 'upstream_unreachable' }],
  [new errors.ConnectTimeoutError(), { failure: 'upstream_timeout' }],
  [new DOMException('', 'TimeoutError'), { failure: 'upstream_timeout' }],
  [new errors.HTTPParserError('bad chunk'), 'answered'],
  [gone, 'neither'],
  [new errors.ClientClosedError(), 'neither'],
  [new BrokerError('overloaded'), 'neither'],
  [new TypeError('a bug'), 'neither'],
  ['words', 'neither'],
] as const) {
  t.test(`${String(error)} says ${JSON.stringify(verdict)}`, async (t) => t.strictSame(verdictOnThrown(error), verdict))
}
