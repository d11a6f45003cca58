import t from 'tap'
import type { SDKOptions } from '@apideck/unify'
import { startBroker } from '../helpers/broker.js'
import { API_KEY } from '../helpers/environment.js'
import { exampleSession } from '../helpers/example-session.js'
import { startIssuer } from '../helpers/issuer.js'
import { withoutPackages } from '../helpers/programs.js'
import { SESSION_URI, TOKEN, errorBody, httpUpstream, mint } from '../helpers/upstream.js'

/*
 * Apideck's own TypeScript SDK with the broker as its server: its documented example, and each of its errors. Nothing is
 * another than with Apideck but `serverURL` and the credential.
 */

type Answer = typeof mint

/** Answers with this status, so often, and then with a session. */
function failing (status: number, times = Infinity): Answer {
  let failed = 0
  return (request, response) => {
    if (failed++ >= times) mint(request, response)
    else response.writeHead(status, { 'content-type': 'application/json' }).end(errorBody(status))
  }
}

t.test('the SDK', { skip: withoutPackages('test/sdk') }, async (t) => {
  const { Apideck } = await import('@apideck/unify')
  const errors = await import('@apideck/unify/models/errors/index.js')
  type Session = NonNullable<Parameters<InstanceType<typeof Apideck>['vault']['sessions']['create']>[0]['session']>

  const issuer = await startIssuer(t)
  const accessToken = await issuer.sign({ sub: 'test-consumer' })

  /** What a call is refused with. */
  async function refusalOf (call: Promise<unknown>): Promise<InstanceType<typeof errors.ApideckError>> {
    const error = await call.then(() => undefined, (error: unknown) => error)
    if (!(error instanceof errors.ApideckError)) throw new TypeError('it is no refusal')
    return error
  }

  const bodyOf = ({ httpMeta }: InstanceType<typeof errors.ApideckError>) => JSON.parse(httpMeta.body) as unknown

  let answer: Answer = mint
  const upstream = await httpUpstream(t, (request, response) => answer(request, response))
  t.beforeEach(() => {
    answer = mint
    upstream.received.length = 0
  })
  const sent = () => JSON.parse(upstream.received[0]?.body ?? '') as unknown

  /** A broker, and what makes an SDK whose server it is. */
  async function start (variables: Record<string, string> = {}) {
    const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, ALLOWED_REDIRECT_URIS: 'https://mysaas.com', RATE_LIMIT_MAX: '1000', ...variables })
    return (more: SDKOptions = {}) => new Apideck({
      serverURL: broker.url,
      apiKey: accessToken,
      consumerId: 'test-consumer',
      appId: 'dSBdXd2H6Mqwfg0atXHXYcysLJE9qyn1VwBtXHX',
      retryConfig: { strategy: 'none' },
      ...more,
    })
  }

  const sdk = await start()

  const documented: Session = {
    consumerMetadata: {
      accountName: 'SpaceX',
      userName: 'Elon Musk',
      email: 'elon@musk.com',
      image: 'https://www.spacex.com/static/images/share.jpg',
    },
    redirectUri: 'https://mysaas.com/dashboard',
    settings: { unifiedApis: ['crm'], sessionLength: '30m' },
    theme: {
      favicon: 'https://res.cloudinary.com/apideck/icons/intercom',
      logo: 'https://res.cloudinary.com/apideck/icons/intercom',
      primaryColor: '#286efa',
      sidepanelBackgroundColor: '#286efa',
      sidepanelTextColor: '#FFFFFF',
      vaultName: 'Intercom',
      privacyUrl: 'https://compliance.apideck.com/privacy-policy',
      termsUrl: 'https://www.termsfeed.com/terms-conditions/957c85c1b089ae9e3219c83eff65377e',
    },
    customConsumerSettings: { feature_flag_1: true, tax_rates: [{ id: '6', label: '6%' }, { id: '21', label: '21%' }] },
  }

  t.test('gets a session for its documented example', async (t) => {
    const { createSessionResponse } = await sdk().vault.sessions.create({ session: documented })
    t.strictSame({ ...createSessionResponse }, { statusCode: 200, status: 'OK', data: { sessionUri: SESSION_URI, sessionToken: TOKEN } })
    t.strictSame(sent(), exampleSession)
    t.match(Object.fromEntries(upstream.received[0]?.headers ?? []), {
      authorization: `Bearer ${API_KEY}`, 'x-apideck-app-id': 'app-1', 'x-apideck-consumer-id': 'test-consumer',
    })
  })

  t.test('gets one with a token that is asked for each time, and an application of whatever name', async (t) => {
    for (const apiKey of [async () => accessToken, (() => accessToken) as unknown as () => Promise<string>]) {
      t.match(await sdk({ apiKey, appId: 'any' }).vault.sessions.create({ session: {} }), { createSessionResponse: { status: 'OK' } })
    }
  })

  const sessions: Array<[what: string, session: Session | undefined, sent: object]> = [
    ['no Session', undefined, {}],
    ['an empty one', {}, {}],
    ['settings that it fills in', { settings: { unifiedApis: ['crm'] } }, { settings: { unified_apis: ['crm'] } }],
    ['an empty list of actions', { settings: { allowActions: [] } }, { settings: { allow_actions: [] } }],
  ]
  for (const [what, session, expected] of sessions) {
    t.test(`gets one for ${what}`, async (t) => {
      t.match(await sdk().vault.sessions.create(session === undefined ? {} : { session }), { createSessionResponse: { status: 'OK' } })
      t.strictSame(sent(), expected)
    })
  }

  t.test('is not held to what it fills in by itself, and does not overrule the operator with it', async (t) => {
    const policy = { session: { settings: { show_logs: false } }, caller_fields: ['settings.unified_apis'], max_session_length: '30m' }
    const ruled = await start({ SESSION_POLICY_FILE: `${t.testdir({ 'policy.json': JSON.stringify(policy) })}/policy.json` })
    await ruled().vault.sessions.create({ session: { settings: { unifiedApis: ['crm'] } } })
    t.strictSame(sent(), { settings: { show_logs: false, unified_apis: ['crm'], session_length: '30m' } })
    t.match(await refusalOf(ruled().vault.sessions.create({ session: { settings: { showSidebar: false } } })), { typeName: 'PolicyViolationError' })
  })

  const typed: Array<[name: 'BadRequestResponse' | 'UnauthorizedResponse' | 'NotFoundResponse' | 'UnprocessableResponse', code: string, typeName: string, call: () => Promise<unknown>]> = [
    ['BadRequestResponse', 'invalid_request', 'RequestValidationError', () => sdk().vault.sessions.create({ session: { theme: { primaryColor: 'red' } } })],
    ['UnauthorizedResponse', 'unauthenticated', 'UnauthorizedError', () => sdk({ apiKey: 'sk_live_of_nobody' }).vault.sessions.create({})],
    ['NotFoundResponse', 'not_found', 'EntityNotFoundError', () => sdk().vault.connections.list({})],
    ['UnprocessableResponse', 'redirect_uri_not_allowed', 'RedirectUriNotAllowedError', () => sdk().vault.sessions.create({ session: { redirectUri: 'https://evil.example/' } })],
  ]
  for (const [name, code, typeName, call] of typed) {
    t.test(`throws its ${name} for ${code}`, async (t) => {
      const error = await refusalOf(call())
      t.type(error, errors[name])
      t.match(error, { typeName, ref: `/openapi.json#/components/examples/${code}`, message: /\.$/ })
      // Its type for 401 drops what is in `detail`; the body has it.
      t.match(bodyOf(error), { type_name: typeName, detail: { code, request_id: /./ } })
      t.equal(upstream.received.length, 0)
    })
  }

  t.test('throws its UnprocessableResponse with what Apideck did not accept', async (t) => {
    answer = (_request, response) => {
      response.writeHead(422, { 'content-type': 'application/json' }).end(errorBody(422, { detail: { 'settings.session_length': 'upstream-words' } }))
    }
    const error = await refusalOf(sdk().vault.sessions.create({ session: documented }))
    t.type(error, errors.UnprocessableResponse)
    t.match(error, { typeName: 'SessionRejectedError', detail: { code: 'session_rejected', errors: [{ pointer: '/settings/session_length' }] } })
    t.notMatch(error.httpMeta.body, /upstream-words/)
  })

  for (const [theirs, status, code] of [[401, 502, 'upstream_auth_failed'], [402, 503, 'upstream_limit_reached'], [404, 502, 'upstream_rejected'], [429, 503, 'upstream_rate_limited']] as const) {
    t.test(`does not take Apideck's ${theirs} for the caller's own: ${code}`, async (t) => {
      answer = failing(theirs)
      const error = await refusalOf(sdk().vault.sessions.create({}))
      t.match(error, { name: 'APIError', httpMeta: { response: { status } } })
      t.match(bodyOf(error), { status_code: status, detail: { code } })
    })
  }

  t.test('throws its general error for another\'s consumer', async (t) => {
    const error = await refusalOf(sdk({ consumerId: 'another-consumer' }).vault.sessions.create({}))
    t.match(error, { name: 'APIError', httpMeta: { response: { status: 403 } } })
    t.match(bodyOf(error), { detail: { code: 'consumer_not_allowed' } })
  })

  t.test('throws its general error for a request too many, at once', async (t) => {
    const limited = await start({ RATE_LIMIT_MAX: '1' })
    await limited().vault.sessions.create({})
    const error = await refusalOf(limited({ retryConfig: { strategy: 'backoff' } }).vault.sessions.create({}))
    t.match(error, { name: 'APIError', httpMeta: { response: { status: 429 } } })
    t.match(bodyOf(error), { detail: { code: 'rate_limited' } })
  })

  t.test('tries again, as it does with Apideck, what may succeed the next time', async (t) => {
    answer = failing(500, 1)
    const apideck = sdk({ retryConfig: { strategy: 'backoff' } })
    t.match(await apideck.vault.sessions.create({ session: documented }), { createSessionResponse: { status: 'OK' } })
    t.equal(upstream.received.length, 2)
  })
})
