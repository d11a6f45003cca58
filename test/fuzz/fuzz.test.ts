import t from 'tap'
import { describe } from './report.js'
import { run } from './run.js'

/* `npm run fuzz` as CI runs it: other cases each time, those of a seed by `npm run fuzz -- --seed`. */

t.test('any request gets exactly one well-formed answer, and only a Session goes upstream', async (t) => {
  const seed = Date.now() % 2 ** 31
  const result = await run({ cases: 1_000, seed })
  for (const line of describe(result, seed)) t.comment(line)
  t.strictSame(result.faults, [])
  t.equal(result.summary.cases, 1_000)
})

/** The broker, broken in one place by a module that it loads first; and what must be found. */
const breaks: Array<[what: string, module: string, found: RegExp]> = [
  ['leaves a header out', "import { ServerResponse as R } from 'node:http'; const w = R.prototype.writeHead; R.prototype.writeHead = function (s, h) { delete h['referrer-policy']; return w.call(this, s, h) }", /referrer-policy is no-referrer/],
  ['fails', "import { ServerResponse as R } from 'node:http'; const w = R.prototype.writeHead; R.prototype.writeHead = function (s, h) { return w.call(this, s === 422 ? 500 : s, h) }", /goes with 500/],
  ['says more than it said it would', "import { ServerResponse as R } from 'node:http'; const e = R.prototype.end; R.prototype.end = function (b, ...r) { return e.call(this, typeof b === 'string' ? b + '!' : b, ...r) }", /nothing comes behind an answer/],
  ['repeats what it was sent', "import { ServerResponse as R } from 'node:http'; const w = R.prototype.writeHead; R.prototype.writeHead = function (s, h) { h['x-said'] = /^https:[!-~]+$/.exec(this.req.headers.origin)?.[0] ?? 'nothing'; return w.call(this, s, h) }", /an answer holds canary-v/],
  ['logs what it was sent', "const p = JSON.parse; JSON.parse = (text, ...r) => { process.stdout.write(JSON.stringify({ msg: 'parsed', text }) + String.fromCharCode(10)); return p(text, ...r) }", /the log holds canary/],
  ['loses what it was sent', "const p = JSON.parse; JSON.parse = (text, ...r) => { const v = p(text, ...r); if (v?.theme && typeof v.theme === 'object') delete v.theme.logo; return v }", /what goes upstream is what was asked for/],
]
for (const [what, module, found] of breaks) {
  t.test(`a broker that ${what} is found out`, async (t) => {
    const { faults } = await run({ cases: 600, seed: 1, only: 'static', args: ['--import', `data:text/javascript,${encodeURIComponent(module)}`] })
    t.match(faults.map((fault) => fault.what).join('\n'), found)
  })
}
