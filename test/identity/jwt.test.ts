import { SignJWT, UnsecuredJWT, base64url, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import t, { type Test } from 'tap'
import { BrokerError } from '../../src/errors.js'
import { createIssuerKeys } from '../../src/identity/issuer-keys.js'
import { createJwtIdentity } from '../../src/identity/jwt.js'
import { evidence } from '../helpers/evidence.js'
import { AUDIENCE, startIssuer } from '../helpers/issuer.js'

const silent = { lost: () => {}, regained: () => {} }
const issuer = await startIssuer(t)

interface Options { consumerClaim?: string, algorithms?: string[], cookie?: string }

function identityOf (t: Test, { consumerClaim = 'sub', algorithms = ['ES256'], cookie }: Options = {}) {
  const identity = createJwtIdentity({
    issuer: issuer.url, audience: AUDIENCE, algorithms, consumerClaim, cookie, keys: createIssuerKeys({ issuer: issuer.url, watcher: silent }),
  })
  t.teardown(() => identity.close())
  return identity
}

const bearer = (token: string) => evidence([['authorization', `Bearer ${token}`]])
const now = Math.floor(Date.now() / 1000)

t.test('a verified token tells who calls', async (t) => {
  const { claims, ...caller } = await identityOf(t).identify(bearer(await issuer.sign({ sub: 'acme', org: { id: 'x' } })))
  t.strictSame(caller, { entitledTo: ['acme'], issuer: issuer.url, subject: 'acme' })
  t.match(claims, { sub: 'acme', org: { id: 'x' }, aud: AUDIENCE })
})

const entitlements: Array<[claim: string, claims: Record<string, unknown>, entitledTo: string[]]> = [
  ['org', { org: 'acme' }, ['acme']],
  ['org.id', { org: { id: 'acme' } }, ['acme']],
  ['org.id', { 'org.id': 'acme', org: { id: 'globex' } }, ['acme']],
  ['https://acme.example/org', { 'https://acme.example/org': 'acme' }, ['acme']],
  ['orgs', { orgs: ['acme', 'globex'] }, ['acme', 'globex']],
  ['orgs', { orgs: ['acme', 'acme'] }, ['acme']],
  ['orgs', { orgs: [] }, []],
]
for (const [consumerClaim, claims, entitledTo] of entitlements) {
  t.test(`${JSON.stringify(claims)} entitles to ${JSON.stringify(entitledTo)} by ${consumerClaim}`, async (t) => {
    t.strictSame((await identityOf(t, { consumerClaim }).identify(bearer(await issuer.sign(claims)))).entitledTo, entitledTo)
  })
}

for (const org of [undefined, null, 7, true, '', ' acme', 'ac me', 'acmé', 'x'.repeat(256), {}, [7], ['acme', 'b c'], ['acme', null], [['acme']]]) {
  t.test(`a consumer claim that is ${String(JSON.stringify(org)).slice(0, 30)} is refused`, async (t) => {
    await t.rejects(identityOf(t, { consumerClaim: 'org' }).identify(bearer(await issuer.sign({ org }))), {
      code: 'unauthenticated', message: 'The token has no consumer ID in the claim org.', facts: { identity_failure: 'consumer_claim' },
    })
  })
}

t.test('an array as sub is no sub', async (t) => {
  const caller = await identityOf(t).identify(bearer(await issuer.sign({ sub: ['acme', 'globex'] as unknown as string })))
  t.strictSame([caller.entitledTo, caller.subject], [['acme', 'globex'], undefined])
})

const generic = 'The token is not one that is accepted here.'
const other = await startIssuer(t)
const forged = await generateKeyPair('ES256')
const [, payload = ''] = (await issuer.sign()).split('.')
const published = issuer.keys[0]?.publicKey
const pem = published === undefined ? '' : await exportSPKI(published)

const tokens: Array<[what: string, token: string, failure: string, message?: string]> = [
  ['an expired token', await issuer.sign({ exp: now - 11 }), 'expired', 'The token has expired.'],
  ['a token without exp', await issuer.sign({ exp: undefined } as never), 'claim_exp'],
  ['an exp that is text', await issuer.sign({ exp: String(now + 60) as unknown as number }), 'claim_exp'],
  ['a token that is not valid yet', await issuer.sign({ nbf: now + 30 }), 'claim_nbf'],
  ['another issuer\'s name', await issuer.sign({ iss: other.url }), 'claim_iss'],
  ['an issuer with a slash more', await issuer.sign({ iss: `${issuer.url}/` }), 'claim_iss'],
  ['a token without iss', await issuer.sign({ iss: undefined } as never), 'claim_iss'],
  ['another audience', await issuer.sign({ aud: 'another' }), 'claim_aud'],
  ['a token without aud', await issuer.sign({ aud: undefined } as never), 'claim_aud'],
  ['other audiences', await issuer.sign({ aud: ['a', `${AUDIENCE}2`] }), 'claim_aud'],
  ['another issuer\'s token', await other.sign({ iss: issuer.url }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['a forged signature', await issuer.sign({}, {}, { kid: 'key-1', alg: 'ES256', ...forged }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['a key that nobody knows', await issuer.sign({}, { kid: 'key-2' }), 'ERR_JWKS_NO_MATCHING_KEY'],
  ['no signature at all', new UnsecuredJWT({ sub: 'acme' }).setIssuer(issuer.url).setAudience(AUDIENCE).setExpirationTime('5m').encode(), 'ERR_JOSE_ALG_NOT_ALLOWED'],
  ['alg none with a signature', `${base64url.encode('{"alg":"none"}')}.${payload}.AAAA`, 'ERR_JOSE_ALG_NOT_ALLOWED'],
  ['HS256 signed with the public key', await new SignJWT({ sub: 'acme' }).setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .setIssuer(issuer.url).setAudience(AUDIENCE).setExpirationTime('5m').sign(new TextEncoder().encode(pem)), 'ERR_JOSE_ALG_NOT_ALLOWED'],
  ['an algorithm that is not listed', await issuer.sign({}, { alg: 'ES384' }, { kid: 'key-1', alg: 'ES384', ...await generateKeyPair('ES384') }), 'ERR_JOSE_ALG_NOT_ALLOWED'],
  ['an extension that must be understood', `${base64url.encode('{"alg":"ES256","crit":["x"],"x":1}')}.${payload}.AAAA`, 'ERR_JOSE_NOT_SUPPORTED'],
  ['a logout token', await issuer.sign({}, { typ: 'logout+jwt' }), 'typ'],
  ['a type that is no text', await issuer.sign({}, { typ: 7 as unknown as string }), 'typ'],
  ['a key that it brings along', await issuer.sign({}, { jwk: await exportJWK(forged.publicKey) } as never, { kid: 'key-1', alg: 'ES256', ...forged }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['the address of a key', await issuer.sign({}, { jku: `${other.url}/jwks`, x5u: `${other.url}/cert` } as never, { kid: 'key-1', alg: 'ES256', ...forged }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['two parts', 'a.b', 'ERR_JWS_INVALID'],
  ['no parts', 'canary', 'ERR_JWS_INVALID'],
  ['five parts', 'a.b.c.d.e', 'ERR_JWS_INVALID'],
  ['a header that is no JSON', `${base64url.encode('{')}.${payload}.AAAA`, 'ERR_JWS_INVALID'],
]
for (const [what, token, failure, message = generic] of tokens) {
  t.test(`${what} is refused`, async (t) => {
    await t.rejects(identityOf(t).identify(bearer(token)), {
      code: 'unauthenticated',
      message,
      headers: { 'www-authenticate': `Bearer realm="vault-session-broker", error="invalid_token", error_description="${message}"` },
      facts: { identity_failure: failure },
    })
  })
}

t.test('a clock may be ten seconds off', async (t) => {
  const identity = identityOf(t)
  await t.resolves(identity.identify(bearer(await issuer.sign({ exp: now - 5, nbf: now + 8 }))))
})

for (const typ of ['JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT']) {
  t.test(`a token of the type ${typ} is taken`, async (t) => {
    await t.resolves(identityOf(t).identify(bearer(await issuer.sign({}, { typ }))))
  })
}

t.test('one of several audiences is enough', async (t) => {
  await t.resolves(identityOf(t).identify(bearer(await issuer.sign({ aud: ['a', AUDIENCE] }))))
})

t.test('who sends nothing is told what is wanted, and no error', async (t) => {
  await t.rejects(identityOf(t).identify(evidence([])), {
    code: 'unauthenticated', headers: { 'www-authenticate': 'Bearer realm="vault-session-broker"' }, facts: { identity_failure: 'no_credential' },
  })
})

for (const authorization of ['Basic YTpi', 'Bearer', '', 'a.b.c', `Bearer ${'a'.repeat(8_193)}`]) {
  t.test(`who sends ${JSON.stringify(authorization.slice(0, 12))} and no token is told what is wanted, and no error`, async (t) => {
    await t.rejects(identityOf(t).identify(evidence([['authorization', authorization]])), {
      code: 'unauthenticated', headers: { 'www-authenticate': 'Bearer realm="vault-session-broker"' }, facts: { identity_failure: 'not_a_token' },
    })
  })
}

t.test('a bad credential never falls through to a good one', async (t) => {
  const identity = identityOf(t, { cookie: 'session' })
  const good = await issuer.sign()
  for (const authorization of ['Bearer canary', `Bearer ${good}x`, `Basic ${good}`, '']) {
    await t.rejects(identity.identify(evidence([['authorization', authorization], ['cookie', `session=${good}`]])), { code: 'unauthenticated' }, authorization)
  }
  await t.resolves(identity.identify(evidence([['cookie', `session=${good}`]])))
})

t.test('a cookie is sent by the browser itself, an Authorization is not', async (t) => {
  const identity = identityOf(t, { cookie: 'session' })
  t.ok(identity.isSentByBrowser(evidence([['cookie', 'session=x']])))
  t.notOk(identity.isSentByBrowser(evidence([['authorization', 'x'], ['cookie', 'session=x']])))
  t.notOk(identity.isSentByBrowser(evidence([])))
})

t.test('a claim\'s name goes into a challenge without what would end it', async (t) => {
  const error: unknown = await identityOf(t, { consumerClaim: 'a"b\\é' }).identify(bearer(await issuer.sign())).catch((error: unknown) => error)
  t.equal(error instanceof BrokerError && error.headers['www-authenticate'], 'Bearer realm="vault-session-broker", error="invalid_token", error_description="The token has no consumer ID in the claim ab."')
})

for (const alg of ['RS256', 'PS384', 'ES384', 'EdDSA']) {
  t.test(`${alg} is verified where it is listed`, async (t) => {
    const issuer = await startIssuer(t, alg)
    const keys = createIssuerKeys({ issuer: issuer.url, watcher: silent })
    const identity = createJwtIdentity({ issuer: issuer.url, audience: AUDIENCE, algorithms: [alg], consumerClaim: 'sub', keys })
    t.teardown(() => identity.close())
    t.match(await identity.identify(bearer(await issuer.sign())), { entitledTo: ['acme'] })
  })
}

t.test('a key of the issuer\'s that is of no use makes its tokens those of nobody', async (t) => {
  const broken = await startIssuer(t)
  broken.answer((request, response) => {
    const body = request.url === '/jwks' ? { keys: [{ kty: 'EC', kid: 'key-1', crv: 'P-256', x: 'AA', y: 'AA', alg: 'ES256' }] } : { issuer: broken.url, jwks_uri: `${broken.url}/jwks` }
    response.end(JSON.stringify(body))
  })
  const identity = createJwtIdentity({ issuer: broken.url, audience: AUDIENCE, algorithms: ['ES256'], consumerClaim: 'sub', keys: createIssuerKeys({ issuer: broken.url, watcher: silent }) })
  t.teardown(() => identity.close())
  await t.rejects(identity.identify(bearer(await broken.sign())), { code: 'unauthenticated', facts: { identity_failure: 'unusable_key' } })
})
