import type { Test } from 'tap'
import { Agent, request } from 'undici'
import { type ApideckOptions, startApideck } from '../../demo/apideck/apideck.js'

export const apideckHeaders = {
  authorization: 'Bearer sk_test_1',
  'x-apideck-app-id': 'app-1',
  'x-apideck-consumer-id': 'acme',
  'content-type': 'application/json',
  accept: 'application/json',
}

type Headers = Record<string, string>

/** The stand-in on free ports, with a client for each of its servers. Closed with the test. */
export async function testApideck (t: Test, options: Partial<ApideckOptions> = {}) {
  const apideck = await startApideck({ apiKey: 'sk_test_1', appId: 'app-1', ...options })
  const dispatcher = new Agent({ connect: { ca: apideck.certificate } })
  t.teardown(async () => {
    await dispatcher.destroy()
    await apideck.close()
  })

  /** Asks for a session; headers that are given replace the right ones, all of them. */
  async function post (body: string, headers: Headers = apideckHeaders) {
    const answer = await request(`${apideck.apiOrigin}/vault/sessions`, { method: 'POST', headers, body, dispatcher })
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() as Answer }
  }

  async function get (url: string) {
    const answer = await request(url, { dispatcher })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  }

  /** Mints a session and fetches its page, with that query. */
  async function page (session: object, query = '') {
    const { body } = await post(JSON.stringify(session))
    return get(body.data.session_uri + query)
  }

  return { apideck, post, get, page }
}

/** What the API answers, right or wrong. */
export interface Answer {
  status_code: number
  status: string
  error: string
  type_name: string
  message: string
  detail: unknown
  ref: string
  data: { session_uri: string, session_token: string }
}
