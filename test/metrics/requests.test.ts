import { Registry } from 'prom-client'
import t from 'tap'
import { Instruments } from '../../src/metrics/instruments.js'
import { createRequestMeter } from '../../src/metrics/requests.js'
import type { RequestEnd } from '../../src/plugins/measurements.js'
import type { RequestFacts } from '../../src/plugins/telemetry.js'

const NAME = 'vault_session_broker_'

/** A meter, and every series of its own that is not 0, without the buckets. */
function meter () {
  const registry = new Registry()
  const counted = async () => Object.fromEntries((await registry.metrics()).split('\n')
    .filter((line) => line.startsWith(NAME) && !line.includes('_bucket') && !line.endsWith(' 0'))
    .map((line) => [line.slice(NAME.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
  return { ...createRequestMeter(new Instruments(registry)), counted }
}

const end = (facts: Partial<RequestFacts>, rest: Partial<RequestEnd> = {}): RequestEnd =>
  ({ route: '/vault-session', status: 200, seconds: 0.25, isMinted: false, ...rest, facts: { address: '203.0.113.7', ...facts } })

t.test('a session is counted by its route, with the call that brought it', async (t) => {
  const { ended, counted } = meter()
  ended(end({ upstream_duration_ms: 200, upstream_calls: 1 }, { isMinted: true }))
  t.strictSame(await counted(), {
    'requests_total{route="/vault-session",status="200",code="none"}': 1,
    'request_duration_seconds_sum{route="/vault-session",status="200"}': 0.25,
    'request_duration_seconds_count{route="/vault-session",status="200"}': 1,
    'sessions_minted_total{route="/vault-session"}': 1,
    'upstream_call_duration_seconds_sum{code="none"}': 0.2,
    'upstream_call_duration_seconds_count{code="none"}': 1,
    upstream_requests_total: 1,
  })
})

t.test('a request whose client has left is abandoned, whatever its answer would have been', async (t) => {
  const { ended, counted } = meter()
  ended(end({}, { status: undefined }))
  t.match(await counted(), { 'requests_total{route="/vault-session",status="abandoned",code="none"}': 1 })
})

t.test('an unknown path is counted as unknown, and what could not be read as a request as none', async (t) => {
  const { ended, unreadable, counted } = meter()
  ended(end({ code: 'not_found' }, { route: undefined, status: 404 }))
  unreadable(400, 'invalid_request')
  t.match(await counted(), {
    'requests_total{route="unknown",status="404",code="not_found"}': 1,
    'requests_total{route="none",status="400",code="invalid_request"}': 1,
  })
})

const rows: Array<[what: string, facts: Partial<RequestFacts>, counted: string[]]> = [
  ['a refused credential by why', { code: 'unauthenticated', identity_failure: 'expired' }, ['authentication_refusals_total{reason="expired"}']],
  ['a reason that is not listed as another', { code: 'unauthenticated', identity_failure: 'claim_canary' }, ['authentication_refusals_total{reason="other"}']],
  ['a consumer of somebody else', { code: 'consumer_not_allowed' }, ['authentication_refusals_total{reason="consumer_not_allowed"}']],
  ['a refused credential that is past the limit on them, as both', { code: 'rate_limited', limit: 'authentication', identity_failure: 'expired' },
    ['authentication_refusals_total{reason="expired"}', 'rate_limited_total{limit="authentication"}']],
  ['a consumer of somebody else that is past the limit, as both', { code: 'rate_limited', limit: 'authentication' },
    ['authentication_refusals_total{reason="consumer_not_allowed"}', 'rate_limited_total{limit="authentication"}']],
  ['a session past its limit', { code: 'rate_limited', limit: 'session' }, ['rate_limited_total{limit="session"}']],
  ['a credential that could not be checked as none that was refused', { code: 'identity_unavailable', identity_failure: 'ECONNREFUSED' }, []],
  ['a page that may not ask', { code: 'origin_not_allowed' }, ['origin_refusals_total']],
  ['what there was too much of', { code: 'overloaded', overload: 'circuit_open' }, ['overload_refusals_total{overload="circuit_open"}']],
  ['a call that failed by its code, and its retry', { code: 'upstream_timeout', upstream_duration_ms: 2_000, upstream_calls: 2 },
    ['upstream_call_duration_seconds_count{code="upstream_timeout"}', 'upstream_requests_total', 'upstream_retries_total', 'upstream_failures_total{code="upstream_timeout"}']],
  ['a session that Apideck rejects as a failure', { code: 'session_rejected', upstream_duration_ms: 20, upstream_calls: 1 }, ['upstream_failures_total{code="session_rejected"}']],
  ['a call that never went out as no retry', { code: 'shutting_down', upstream_duration_ms: 1, upstream_calls: 0 }, ['upstream_call_duration_seconds_count{code="shutting_down"}']],
]
for (const [what, facts, expected] of rows) {
  t.test(`counts ${what}`, async (t) => {
    const { ended, counted } = meter()
    ended(end(facts, { status: 500 }))
    const names = Object.keys(await counted()).filter((name) => !name.startsWith('request') && !name.includes('_sum'))
    const calls = names.filter((name) => name.startsWith('upstream_') && !expected.includes(name))
    t.strictSame(names.filter((name) => !calls.includes(name)).sort(), [...expected].sort())
    if (facts.upstream_calls === undefined) t.strictSame(calls, [], 'nothing of a call that was not made')
  })
}
