import t from 'tap'
import { applyPolicy } from '../../src/policy/session.js'
import type { SessionPolicy } from '../../src/schemas/policy.js'
import type { Session } from '../../src/schemas/session.js'

const redirectUris = ['https://app.acme.com']
const apply = (asked: Session, policy: SessionPolicy = {}) => applyPolicy(asked, { policy, redirectUris })

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
