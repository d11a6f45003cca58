import t from 'tap'
import type { ConsumerMetadata } from '../../src/policy/consumer-metadata.js'
import { applyPolicy, askedFields } from '../../src/policy/session.js'
import type { SessionPolicy } from '../../src/schemas/policy.js'
import type { Session } from '../../src/schemas/session.js'

const redirectUris = ['https://app.acme.com']
const apply = (asked: Session, policy: SessionPolicy = {}, metadata: ConsumerMetadata = {}) => applyPolicy(asked, { policy, redirectUris }, metadata)

t.test('without a policy a Session passes as it is', async (t) => {
  const asked: Session = { settings: { allow_actions: [], show_logs: false }, custom_consumer_settings: { a: [1] } }
  t.strictSame(apply(asked), asked)
  t.strictSame(apply({}), {})
})

t.test('a redirect URI goes on in its parsed form, or not at all', async (t) => {
  t.strictSame(apply({ redirect_uri: 'https://app.acme.com' }), { redirect_uri: 'https://app.acme.com/' })
  t.throws(() => apply({ redirect_uri: 'https://evil.example/' }), { code: 'redirect_uri_not_allowed' })
})

const defaults: SessionPolicy = {
  session: {
    redirect_uri: 'https://app.acme.com/done',
    settings: { unified_apis: ['crm'], show_logs: false },
    theme: { vault_name: 'Acme' },
    custom_consumer_settings: { a: 1 },
  },
}
const merged: Array<[what: string, asked: Session, sent: Session]> = [
  ['everything', {}, { ...defaults.session }],
  ['fields of a branch', { settings: { show_logs: true } }, { ...defaults.session, settings: { unified_apis: ['crm'], show_logs: true } }],
  ['other fields of a branch', { theme: { primary_color: '#fff' } }, { ...defaults.session, theme: { vault_name: 'Acme', primary_color: '#fff' } }],
  ['other branches', { consumer_metadata: { email: 'a@b.c' } }, { ...defaults.session, consumer_metadata: { email: 'a@b.c' } }],
  ['no part of an array', { settings: { unified_apis: ['ats'] } }, { ...defaults.session, settings: { unified_apis: ['ats'], show_logs: false } }],
  ['nothing where an array is asked to be empty', { settings: { unified_apis: [] } }, { ...defaults.session, settings: { unified_apis: [], show_logs: false } }],
  ['no part of custom settings', { custom_consumer_settings: { b: 2 } }, { ...defaults.session, custom_consumer_settings: { b: 2 } }],
]
for (const [what, asked, sent] of merged) {
  t.test(`the operator's session fills in ${what}`, async (t) => t.strictSame(apply(asked, defaults), sent))
}

const permitted: SessionPolicy = { caller_fields: ['redirect_uri', 'settings.unified_apis', 'theme'] }
for (const asked of [
  {},
  { settings: {} },
  { redirect_uri: 'https://app.acme.com/', settings: { unified_apis: ['crm'] }, theme: { vault_name: 'x', logo: 'https://a.example' } },
] satisfies Session[]) {
  t.test(`callers may set ${JSON.stringify(asked)}`, async (t) => t.strictSame(apply(asked, permitted), asked))
}

t.test('what callers may not set is refused by pointer, each', async (t) => {
  t.throws(() => apply({
    settings: { unified_apis: ['crm'], show_logs: false, session_length: '1h' },
    consumer_metadata: { email: 'a@b.c' },
    custom_consumer_settings: {},
  }, permitted), {
    code: 'policy_violation',
    errors: ['/settings/show_logs', '/settings/session_length', '/consumer_metadata/email', '/custom_consumer_settings']
      .map((pointer) => ({ pointer, message: 'may not be set by callers' })),
  })
})

const lengths: Array<[maximum: string, asked: string | undefined, sent: string | undefined]> = [
  ['30m', undefined, '30m'],
  ['30m', '30m', '30m'],
  ['30m', '10m', '10m'],
  ['1h', undefined, undefined],
  ['12h', undefined, undefined],
  ['12h', '12h', '12h'],
]
for (const [maximum, asked, sent] of lengths) {
  t.test(`under a maximum of ${maximum}, ${asked ?? 'no length'} goes on as ${sent ?? 'none'}`, async (t) => {
    const session = apply(asked === undefined ? {} : { settings: { session_length: asked } }, { max_session_length: maximum })
    t.equal(session.settings?.session_length, sent)
  })
}

t.test('a longer session than the maximum is refused', async (t) => {
  t.throws(() => apply({ settings: { session_length: '31m' } }, { max_session_length: '30m' }), {
    code: 'policy_violation',
    errors: [{ pointer: '/settings/session_length', message: 'must be at most 30m' }],
  })
})

t.test('the operator\'s own length counts before the maximum is filled in', async (t) => {
  const session = apply({ settings: { show_logs: true } }, { session: { settings: { session_length: '5m' } }, max_session_length: '30m' })
  t.equal(session.settings?.session_length, '5m')
})

t.test('a Session may have 16 KiB as JSON, however it came in', async (t) => {
  const sized = (length: number): Session => ({ custom_consumer_settings: { a: 'x'.repeat(length) } })
  const overhead = JSON.stringify(sized(0)).length
  t.doesNotThrow(() => apply(sized(16_384 - overhead)))
  t.throws(() => apply(sized(16_385 - overhead)), { code: 'payload_too_large' })
  t.throws(() => apply({ custom_consumer_settings: { a: '\u0001'.repeat(4_000) } }), { code: 'payload_too_large' })
})

t.test('with what the operator and a token add it may have 20 KiB', async (t) => {
  const asked: Session = { custom_consumer_settings: Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, 'x'.repeat(4_000)])) }
  const policy: SessionPolicy = { session: { theme: { logo: `https://a.example/${'x'.repeat(2_000)}`, favicon: `https://a.example/${'x'.repeat(1_900)}` } } }
  t.doesNotThrow(() => apply(asked, policy))
  t.throws(() => apply(asked, policy, { image: `https://a.example/${'x'.repeat(2_000)}` }), { code: 'payload_too_large', message: /20 KiB/ })
})

const claims: SessionPolicy = { consumer_metadata_claims: { account_name: 'org' } }

t.test('what claims tell of the consumer counts before the operator\'s settings, field by field', async (t) => {
  const policy: SessionPolicy = { ...claims, session: { consumer_metadata: { account_name: 'Nobody', email: 'ops@acme.com' } } }
  t.strictSame(apply({}, policy, { account_name: 'Acme' }), { consumer_metadata: { account_name: 'Acme', email: 'ops@acme.com' } })
  t.strictSame(apply({}, policy), { consumer_metadata: { account_name: 'Nobody', email: 'ops@acme.com' } })
  t.strictSame(apply({ consumer_metadata: {} }, claims, { account_name: 'Acme' }), { consumer_metadata: { account_name: 'Acme' } })
})

t.test('what claims fill is not for callers to set, not even a field that no claim fills', async (t) => {
  for (const policy of [claims, { ...claims, caller_fields: ['theme'] }]) {
    t.throws(() => apply({ consumer_metadata: { email: 'a@b.c' }, theme: { vault_name: 'x' } }, policy, { account_name: 'Acme' }), {
      code: 'policy_violation',
      errors: [{ pointer: '/consumer_metadata/email', message: 'may not be set by callers' }],
    })
  }
})

t.test('the fields that were asked for are named, not their values', async (t) => {
  t.strictSame(askedFields({ redirect_uri: 'https://a.example/', settings: { show_logs: true, unified_apis: [] }, theme: {}, custom_consumer_settings: { secret: 1 } }), [
    'redirect_uri', 'settings.show_logs', 'settings.unified_apis', 'custom_consumer_settings',
  ])
})
