import { isDeepStrictEqual } from 'node:util'
import type { Answer } from './answer.js'
import type { Broker } from './broker.js'
import { hold, type Ask, type Case, type Expected, type Setting } from './case.js'
import { Connection, type Ends } from './connection.js'
import { isAt, judge, type Verdict } from './judge.js'
import { isSession } from './session-rules.js'
import type { Summary } from './summary.js'
import { failureOf } from './told.js'
import type { Call, Line, Upstream } from './upstream.js'

/** Milliseconds: until a client that has said all closes its half; until nothing comes any more, and no call either. */
const QUIET_MS = 40
const SILENCE_MS = 8_000
const LATE_MS = 10_000

/** Probes leave no line, and what is shed is counted in one. */
const leavesLine = (status: number, body: string) => !(status === 200 && (body === '' || body === '{"status":"ok"}')) && !isShed(body)
const isShed = (body: string) => body.includes('"code":"overloaded"') || body.includes('<code>overloaded</code>')

/** One case after the other, as one consumer, so that each call upstream can be told whose it is. */
export class Lane {
  readonly setting: Setting
  readonly #ends: Ends
  readonly #line: Line
  readonly #broker: Broker
  readonly #upstream: Upstream
  readonly #summary: Summary
  /** What stood behind an answer that closed the connection, or was taken for left: calls may be made for it. */
  readonly #dropped: Array<{ expected: Expected, until: number }> = []
  #kept: Connection | undefined

  constructor (setting: Setting, ends: Ends, { broker, upstream, summary }: { broker: Broker, upstream: Upstream, summary: Summary }) {
    this.setting = setting
    this.#ends = ends
    this.#broker = broker
    this.#upstream = upstream
    this.#summary = summary
    this.#line = upstream.lineOf(setting.consumer)
  }

  /** @throws Fault where what comes of a case is not what has to */
  async run (one: Case): Promise<void> {
    this.#line.told = one.told
    try {
      const answers = await this.#exchange(one)
      for (const { headers, status, body } of answers) if (leavesLine(status, body)) this.#broker.answered(headers.get('x-request-id') ?? '', status)
      this.#judge(one, answers)
      this.#summary.add(one, answers, this.setting)
    } catch (error) {
      this.#kept?.destroy()
      this.#kept = undefined
      throw error
    } finally {
      this.#line.told = 'mint'
      this.#line.calls.length = 0
    }
  }

  close (): void {
    this.#kept?.destroy()
  }

  async #exchange (one: Case): Promise<Answer[]> {
    if (one.connection === 'kept') return this.#onKept(one)
    const answers = await this.#onItsOwn(one, QUIET_MS)
    // It was taken for leaving before the answer came, or there is none.
    if (answers.length === 0) this.#drop({ is: 'open' })
    if (answers.length > 0 || mayBeNone(one) || isSpared(one)) return answers
    this.#summary.repeated++
    return this.#onItsOwn(one, SILENCE_MS)
  }

  async #onKept ({ asks, cuts }: Case): Promise<Answer[]> {
    const socket = this.#kept?.isOpen === true ? this.#kept : new Connection(this.#ends)
    hold(socket.isQuiet, 'nothing comes that nobody asked for')
    this.#kept = socket
    await socket.write(asks.map(({ bytes }) => bytes).join(''), cuts)
    const answers = await socket.answers(asks.map(({ isHead }) => isHead), true)
    if (answers.at(-1)?.closes === true) await socket.ended()
    hold(answers.length === asks.length || answers.at(-1)?.closes === true, `no answer at all (${socket.failure ?? 'closed'})`)
    return answers
  }

  async #onItsOwn (one: Case, patienceMs: number): Promise<Answer[]> {
    const { asks, cuts, connection } = one
    const socket = new Connection(this.#ends)
    try {
      await socket.write(asks.map(({ bytes }) => bytes).join(''), cuts)
      if (connection === 'ended') {
        if (!mayBeNone(one)) await socket.heard(patienceMs)
        socket.end()
      }
      const answers = await socket.answers([], false)
      await socket.ended()
      hold(answers.length > 0 || patienceMs < SILENCE_MS || mayBeNone(one), `no answer at all (${socket.failure ?? 'closed'})`)
      return answers
    } finally {
      socket.destroy()
    }
  }

  #judge ({ asks, told, connection }: Case, answers: readonly Answer[]): void {
    const calls = [...this.#line.calls]
    for (const [i, answer] of answers.entries()) {
      // Behind what nobody can tell beforehand there may be more than one.
      const ask = asks[i] ?? { ...asks[0] as Ask, expected: { is: 'open' as const } }
      const verdict = judge(answer, ask, this.setting)
      if ('session' in verdict) this.#judgeSession(verdict.session, ask, calls, told)
      else this.#judgeRefusal(verdict, ask, calls, told)
    }
    for (const { expected } of asks.slice(answers.length)) this.#drop(expected)
    for (const call of calls.filter((call) => this.#isDropped(call))) calls.splice(calls.indexOf(call), 1)
    if (connection !== 'kept' && asks[0]?.expected.is === 'refused' && answers[0] !== undefined && !isShed(answers[0].body)) hold(answers.length === 1 && answers[0].closes, `one refusal, and the connection closes: ${answers.map(({ status }) => status).join()}`)
    hold(calls.length === 0, `nothing goes upstream but what a session comes of: ${JSON.stringify(calls).slice(0, 500)}`)
  }

  /** Nobody waits for the answer any more: a call may yet be made. */
  #drop (expected: Expected): void {
    this.#summary.left++
    if (expected.is !== 'refused') this.#dropped.push({ expected, until: Date.now() + LATE_MS })
  }

  #isDropped ({ session }: Call): boolean {
    while ((this.#dropped[0]?.until ?? Infinity) < Date.now()) this.#dropped.shift()
    return take(this.#dropped, ({ expected }) => expected.is === 'open' || (expected.is === 'session' && isSame(session, expected.session))) !== undefined
  }

  #judgeSession (n: number, { expected }: Ask, calls: Call[], told: string): void {
    hold(expected.is !== 'refused', `it is refused with ${expected.is === 'refused' ? expected.codes.join() : ''}, not answered with a session`)
    hold(told === 'mint', `a session comes of ${told}`)
    const call = take(calls, (one) => one.n === n) ?? (expected.is === 'open' ? take(this.#upstream.strays, (one) => one.n === n) : undefined)
    hold(call !== undefined, 'a session is the one that was minted for this request')
    hold(isSession(call.session), `what goes upstream is a Session: ${JSON.stringify(call.session).slice(0, 500)}`)
    const session = expected.is === 'session' ? expected.session : expected.json
    if (session !== undefined) hold(isSame(call.session, session), `what goes upstream is what was asked for: ${JSON.stringify(call.session)} for ${JSON.stringify(session)}`)
  }

  #judgeRefusal (verdict: Exclude<Verdict, { session: number }>, { expected, isHead }: Ask, calls: Call[], told: string): void {
    const code = 'code' in verdict ? verdict.code : undefined
    if (code === 'overloaded') {
      this.#summary.shed++
      return
    }
    const failure = expected.is === 'session' ? failureOf(told) : undefined
    if (failure !== undefined) {
      hold(code === failure.code, `${told} upstream is ${failure.code}, not ${code}`)
      const made = Array.from({ length: failure.most }, () => take(calls, ({ session }) => expected.is === 'session' && isSame(session, expected.session))).filter((call) => call !== undefined)
      hold(made.length > 0, `${told} upstream comes of a call`)
      return
    }
    const status = 'code' in verdict ? code === '' ? 0 : STATUS_OF_OURS.test(String(code)) ? 500 : 400 : verdict.other
    hold(status < 500, `no error is of our own making: ${code}`)
    hold(expected.is !== 'session', `a valid request is answered with a session, not ${code ?? status}`)
    if (expected.is !== 'refused' || isHead) return
    hold(code !== undefined && expected.codes.includes(code), `it is refused with ${expected.codes.join()}, not ${code ?? status}`)
    const { pointer } = expected
    if (pointer !== undefined && 'pointers' in verdict && code === 'invalid_request') hold(verdict.pointers.some((one) => isAt(one, pointer)), `the fault is told at ${pointer}, not ${verdict.pointers.join()}`)
  }
}

/** Of the catalogue, what a caller has no part in. */
const STATUS_OF_OURS = /^(?:internal_error|shutting_down|identity_unavailable|rate_limited|session_rejected|upstream_\w+)$/

/** Blank lines are no request; and whoever closes in the middle of one has left. */
function mayBeNone ({ asks: [ask] }: Case): boolean {
  return ask === undefined || !/[^\r\n]/.test(ask.bytes) || (ask.expected.is === 'refused' && ask.expected.mayBeTakenForLeaving === true)
}

/** Of what was cut or garbled by chance, most is a request that never ends: patience is for some. */
const isSpared = ({ asks: [ask] }: Case) => ask !== undefined && /^(?:mutation|noise)$/.test(ask.kind) && ask.bytes.length % 8 !== 0

function take<T> (items: T[], isIt: (item: T) => boolean): T | undefined {
  const at = items.findIndex(isIt)
  return at === -1 ? undefined : items.splice(at, 1)[0]
}

/** Equal as JSON: it has no negative zero. */
const isSame = (one: unknown, other: unknown) => isDeepStrictEqual(one, JSON.parse(JSON.stringify(other)))
