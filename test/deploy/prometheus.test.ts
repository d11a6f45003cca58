import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { catalogue } from '../../src/errors.js'
import { documentedSeries, type Labels } from '../helpers/documented-metrics.js'
import { without } from '../helpers/programs.js'
import { unknownIn } from '../helpers/promql.js'
import { component } from './manifests.js'
import { alerts, folder, groups, recordings, ruleTests } from './rules.js'

/* The rules for Prometheus, held to what is measured, to their tests and to the runbook. */

const runbook = readFileSync('docs/runbook.md', 'utf8')
const names = alerts.map(({ alert }) => alert)
const run = promisify(execFile)

/** What there is to ask for: what is scraped, and what the rules record of it. */
const series: ReadonlyMap<string, Labels> = new Map([...documentedSeries, ...recordings.map(({ record }): [string, Labels] => [record, { job: undefined }])])

t.test('promtool', { skip: without('promtool') }, async (t) => {
  const runs: Array<[what: string, args: string[]]> = [
    ['takes the sample configuration', ['check', 'config', 'prometheus.yaml']],
    ['takes the rules', ['check', 'rules', 'alerts.yaml']],
    ['finds that each fires when it must, and only then', ['test', 'rules', 'alerts.test.yaml']],
  ]
  for (const [what, args] of runs) {
    t.test(what, async (t) => {
      const { output } = await run('promtool', args, { cwd: folder }).then(({ stdout }) => ({ output: stdout }), ({ stdout, stderr }: Record<string, string>) => ({ output: `${stdout}${stderr}` }))
      t.match(output, 'SUCCESS')
      t.notMatch(output, 'FAILED')
    })
  }
})

for (const { alert, labels, annotations } of alerts) {
  t.test(`${alert} says how urgent it is, what is wrong, and where to read on`, async (t) => {
    t.strictSame(Object.keys(labels), ['severity'])
    t.ok(['page', 'ticket'].includes(labels.severity), labels.severity)
    t.strictSame(Object.keys(annotations), ['summary', 'description', 'runbook'])
    t.equal(annotations['runbook'], `docs/runbook.md#${alert.toLowerCase()}`)
  })

  t.test(`${alert} has a test in which it fires, and one in which it does not`, async (t) => {
    const tests = ruleTests.tests.map(({ alert_rule_test: looks }) => looks.filter(({ alertname }) => alertname === alert))
    t.ok(tests.some((looks) => looks.some(({ exp_alerts: expected }) => expected.length > 0)), 'fires')
    t.ok(tests.some((looks) => looks.length > 0 && looks.every(({ exp_alerts: expected }) => expected.length === 0)), 'does not')
  })
}

t.test('each alert has a name of its own, and no test is of another', async (t) => {
  t.strictSame([...new Set(names)], names)
  t.strictSame(ruleTests.tests.flatMap(({ alert_rule_test: looks }) => looks).filter(({ alertname }) => !names.includes(alertname)), [])
})

t.test('the tests evaluate each group, in the order of the file', async (t) => {
  t.strictSame(ruleTests.group_eval_order, groups.map(({ name }) => name))
})

for (const [severity, heading] of [['page', 'Pages'], ['ticket', 'Tickets']] as const) {
  t.test(`docs/runbook.md has a section for each ${severity}, and no other under ${heading}`, async (t) => {
    const [, part = ''] = runbook.split(`\n## ${heading}\n`)
    const [here = ''] = part.split('\n## ')
    const sections = here.split('\n### ').slice(1).map((section) => ({ name: section.split('\n')[0], section }))
    t.strictSame(sections.map(({ name }) => name).sort(), alerts.filter(({ labels }) => labels.severity === severity).map(({ alert }) => alert).sort())
    for (const { name, section } of sections) {
      for (const word of ['Means', 'Users see', 'Do', 'Over']) t.match(section, `\n- **${word}**: `, `${name} has ${word}`)
    }
  })
}

t.test('docs/runbook.md says what to do for each code that counts against the objective', async (t) => {
  const [, rest = ''] = runbook.split('### VaultSessionBrokerErrorBudgetBurnsFast\n')
  const [section = ''] = rest.split('\n### ')
  const cells = Array.from(section.matchAll(/^ {2}\| (`.*?) \|/gm), ([, cell = '']) => cell)
  const told = new Set(cells.flatMap((cell) => Array.from(cell.matchAll(/`([a-z_]+)`/g), ([, code]) => code)))
  t.strictSame([...told].sort(), Object.entries(catalogue).filter(([, { status }]) => status >= 500).map(([code]) => code).sort())
})

for (const rule of [...recordings, ...alerts]) {
  t.test(`${'alert' in rule ? rule.alert : rule.record} asks for what is measured`, async (t) => {
    t.strictSame(unknownIn(rule.expr, series), [])
  })
}

t.test('what is recorded is asked for', async (t) => {
  for (const { record } of recordings) t.ok(alerts.some(({ expr }) => expr.includes(record)), record)
})

t.test('each dependency has an alert', async (t) => {
  const words = documentedSeries.get('vault_session_broker_dependency_up')?.['dependency'] ?? []
  const watched = alerts.flatMap(({ expr }) => Array.from(expr.matchAll(/dependency_up\{dependency=~?"([^"]+)"\} == 0/g), ([, value]) => new RegExp(`^(?:${value})$`)))
  t.ok(words.length > 5, 'the table is read')
  for (const word of words) t.ok(watched.some((value) => value.test(word)), word)
})

const misspelt: Array<[what: string, query: string, unknown: string]> = [
  ['series', 'sum by (job) (rate(vault_session_broker_request_total[5m])) > 0', 'vault_session_broker_request_total'],
  ['recording', 'job:vault_session_broker_session_requests:rate5m > 0', 'job:vault_session_broker_session_requests:rate5m'],
  ['part of a histogram', 'vault_session_broker_request_duration_seconds > 1', 'vault_session_broker_request_duration_seconds'],
  ['label', 'vault_session_broker_circuit_state{status="open"}', 'vault_session_broker_circuit_state{status}'],
  ['word of a label', 'vault_session_broker_circuit_state{state="opened"}', 'vault_session_broker_circuit_state{state="opened"}'],
  ['alternative', 'vault_session_broker_rate_limited_total{limit=~"session|address"}', 'vault_session_broker_rate_limited_total{limit="address"}'],
]
for (const [what, query, unknown] of misspelt) {
  t.test(`a ${what} that is misspelt is noticed`, async (t) => t.strictSame(unknownIn(query, series), [unknown]))
}

t.test('the job has the name that the rules know, in the sample and on Kubernetes', async (t) => {
  const selected = alerts.flatMap(({ expr }) => Array.from(expr.matchAll(/job="([^"]*)"/g), ([, job]) => job))
  t.strictSame([...new Set(selected)], ['vault-session-broker'])
  const { scrape_configs: jobs } = parse(readFileSync(`${folder}/prometheus.yaml`, 'utf8')) as { scrape_configs: Array<{ job_name: string }> }
  t.strictSame(jobs.map(({ job_name: name }) => name), ['vault-session-broker'])
  const { spec } = parse(readFileSync(`${component}/pod-monitor.yaml`, 'utf8')) as { spec: { jobLabel: string, selector: { matchLabels: Record<string, string> } } }
  t.equal(spec.selector.matchLabels[spec.jobLabel], 'vault-session-broker')
})
