import fc, { type Arbitrary } from 'fast-check'
import { VALUE } from './canaries.js'
import type { Expected, Setting } from './case.js'
import { anyForm, brokenForms, forms } from './forms.js'
import { mutants } from './mutants.js'
import { outcomeOf } from './outcome.js'
import type { Matter } from './requests.js'
import { isSession, withoutFilledIn } from './session-rules.js'
import { put, sessions } from './sessions.js'
import { anyJson, brokenJson, brokenUtf8, utf8, writing } from './texts.js'

const { constantFrom, oneof, tuple } = fc

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const jsonTypes = constantFrom(JSON_TYPE, JSON_TYPE, 'application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8', 'application/json; a="b c"')
const formTypes = constantFrom(FORM_TYPE, FORM_TYPE, `${FORM_TYPE}; charset=UTF-8`, FORM_TYPE.toUpperCase())
const otherTypes = oneof(
  constantFrom('text/plain', 'text/plain; charset=utf-8', 'multipart/form-data; boundary=x', 'application/json5', 'application/jsonx', 'application/ld+json', 'text/json', 'application/xml', 'application/octet-stream', '*/*', 'application/*', 'application/x-www-form-urlencodedx', `text/${VALUE}`),
  fc.stringMatching(/^[a-z]{1,9}\/[a-z.+-]{1,9}$/)
)
const anyTypes = oneof(constantFrom('', ' ', ';', 'json', 'application/json,text/plain', 'text/plain, application/json', 'application/json;', 'application/json;;', 'application/json; charset', 'application/json; charset="', 'application/json\xa0', 'application /json', 'application/json; charset=utf-16', 'application/json; charset=latin1', 'application/json;charset=utf-8\r\nContent-Type: text/plain', 'text/plain\r\nContent-Type: application/json', 'application/x-www-form-urlencoded, application/json'), fc.string({ maxLength: 16 }).map((text) => text.trim()))

const refused = (pointer?: string): Expected => ({ is: 'refused', codes: ['invalid_request'], ...(pointer === undefined ? {} : { pointer }) })

/** What comes of it, unless the body is too large for anybody to look into it. */
const bounded = (body: string, expected: Expected): Expected => body.length > 16_384 ? { is: 'refused', codes: ['payload_too_large', 'unsupported_media_type'] } : expected

const json = (kind: string, body: string, expected: Expected, contentType: string | undefined = JSON_TYPE): Matter =>
  ({ kind, body, contentType, expected: bounded(body, expected), isForm: false })

/** A Session that is asked for as JSON. */
const asking = (kind: string, session: Record<string, unknown>, body: string, setting: Setting, type?: string): Matter => ({
  ...json(kind, body, outcomeOf(session, body.length, setting), type),
  toSdk: bounded(body, outcomeOf(withoutFilledIn(session), body.length, setting)),
})

const form = (kind: string, body: string, expected: Expected, contentType = FORM_TYPE): Matter =>
  ({ kind, body, contentType, expected: bounded(body, expected), isForm: true })

/** Sessions that are valid, as JSON or a form. */
export function validMatters (setting: Setting): Arbitrary<Matter> {
  const said = tuple(sessions(setting.hasPolicy), writing, jsonTypes).map(([session, write, type]) => {
    return asking('session', session, utf8(write(session)), setting, type)
  })
  const filled = tuple(forms(setting.hasPolicy), formTypes).map(([{ session, text }, type]) =>
    form('form', text, outcomeOf(session, text.length, setting), type))
  return oneof(
    { weight: 5, arbitrary: said },
    { weight: 3, arbitrary: filled },
    { weight: 1, arbitrary: constantFrom(undefined, JSON_TYPE).map((type) => ({ ...json('empty', '', outcomeOf({}, 0, setting)), contentType: type })) }
  )
}

const redirects = constantFrom('https://evil.example/', 'http://app.example/', 'https://app.example//x', 'https://app.example/%2F%2fx', 'https://app.example/#f', 'https://u@app.example/', 'https://app.example:443/', 'https://APP.example/', 'https://app.example/%0d', 'https://app.example\\@evil.example', 'https://app.example.evil.example/', 'javascript:alert(1)', '', ' https://app.example/', 'https://app.example/\n', `https://${VALUE}.example/`, 'https://other.example/back', 'https://other.example/back?to=1&x', '//app.example/', 'https://app.example/a/../b', 'https://*.example/', 'https://app.example/é')

/** Sessions that are not, and what is no Session at all. */
export function invalidMatters (setting: Setting): Arbitrary<Matter> {
  const mutant = tuple(mutants, writing).map(([{ session, pointer }, write]) => json('mutant', utf8(write(session)), refused(pointer)))
  const redirect = tuple(sessions(setting.hasPolicy), redirects).map(([session, uri]) => {
    const asked = put(session, [['redirect_uri'], uri])
    return asking('redirect', asked, utf8(JSON.stringify(asked)), setting)
  })
  return oneof(
    { weight: 6, arbitrary: mutant },
    { weight: 2, arbitrary: redirect },
    { weight: 2, arbitrary: brokenJson.map((body) => json('broken JSON', body, refused())) },
    { weight: 1, arbitrary: brokenUtf8.map((body) => json('broken UTF-8', body, refused())) },
    { weight: 3, arbitrary: brokenForms.map((body) => form('broken form', body, refused())) },
    { weight: 2, arbitrary: tuple(sessions(false), otherTypes).map(([session, type]) => json('content type', utf8(JSON.stringify(session)), { is: 'refused', codes: ['unsupported_media_type'] }, type)) },
    { weight: 1, arbitrary: constantFrom(16_385, 20_000, 70_000).map((size) => json('too large', `{"k":"${'x'.repeat(size - 8)}"}`, refused())) }
  )
}

/** What nobody can tell beforehand. */
export function openMatters (setting: Setting): Arbitrary<Matter> {
  return oneof(
    { weight: 5, arbitrary: anyJson.map((body) => forSdks(json('any JSON', body, judgeJson(body, setting)))) },
    { weight: 3, arbitrary: anyForm.map((body) => form('any form', body, { is: 'open' })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => json('bytes', Buffer.from(bytes).toString('latin1'), { is: 'open' })) },
    { weight: 2, arbitrary: tuple(sessions(false), anyTypes).map(([session, type]) => json('any content type', utf8(JSON.stringify(session)), { is: 'open' }, type)) }
  )
}

/** What an SDK may have written by itself is not told from what was said. */
function forSdks (matter: Matter): Matter {
  return matter.expected.is === 'open' ? { ...matter, toSdk: { is: 'open' } } : matter
}

/** Any JSON that our own parser and rules refuse is refused; of the rest, what goes upstream is what was said. */
function judgeJson (body: string, { hasPolicy }: Setting): Expected {
  const value = parse(Buffer.from(body, 'latin1').toString('utf8').replace(/^\ufeff+/, ''))
  if (value === undefined || !isSession(value)) return refused()
  return hasPolicy ? { is: 'open' } : { is: 'open', json: value }
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return undefined
  }
}
