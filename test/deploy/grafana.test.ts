import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { stringify } from 'yaml'
import { dashboard, panels, queriesWith, type Panel } from '../helpers/dashboard.js'
import { documentedSeries } from '../helpers/documented-metrics.js'
import { without } from '../helpers/programs.js'
import { unknownIn } from '../helpers/promql.js'

/* The dashboard for Grafana, held to its own form, to what is measured and to the runbook. */

const COLUMNS = 24
/** The data source that is chosen at the top. */
const source = { type: 'prometheus', uid: /^\$\{datasource\}$/ }
const all = dashboard.panels
const run = promisify(execFile)

t.test('the dashboard asks for a data source, a job and instances', async (t) => {
  t.strictSame(dashboard.templating.list.map(({ name, type }) => [name, type]), [['datasource', 'datasource'], ['job', 'query'], ['instance', 'query']])
  for (const { name, type, datasource } of dashboard.templating.list) {
    if (type === 'query') t.match(datasource, source, name)
  }
})

t.test('each panel has an ID and a title of its own', async (t) => {
  t.equal(new Set(all.map(({ id }) => id)).size, all.length)
  t.equal(new Set(all.map(({ title }) => title)).size, all.length)
})

for (const { title, type, description = '', datasource, fieldConfig, targets = [] } of panels) {
  t.test(`${title} says what it shows, in which unit, and of which source`, async (t) => {
    t.match(description, /^[A-Z`].*\.$/)
    t.match(fieldConfig?.defaults.unit, /./)
    t.match(datasource, source)
    t.ok(targets.length > 0, 'asks for something')
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length)
    for (const target of targets) {
      t.notOk('datasource' in target, 'of the same source')
      if (type !== 'table') t.match(target.legendFormat, /./, 'names what it draws')
    }
  })
}

const overlap = ({ gridPos: one }: Panel, { gridPos: other }: Panel) =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h

t.test('no panel lies on another, or beyond the edge', async (t) => {
  for (const [index, one] of all.entries()) {
    t.ok(one.gridPos.x >= 0 && one.gridPos.x + one.gridPos.w <= COLUMNS, one.title)
    t.strictSame(all.slice(index + 1).filter((other) => overlap(one, other)).map(({ title }) => title), [], one.title)
  }
})

t.test('panels stand in the order of the file, below the row that they belong to', async (t) => {
  const tops = all.map(({ gridPos }) => gridPos.y)
  t.strictSame(tops, tops.toSorted((a, b) => a - b))
  t.equal(all[0]?.type, 'row')
})

for (const { panel, refId, expr } of queriesWith()) {
  t.test(`${panel}, ${refId}, asks for what is measured, of the job and the instances that are chosen`, async (t) => {
    t.strictSame(unknownIn(expr, documentedSeries), [])
    t.notMatch(expr, /\$/, 'no variable is left')
    const selectors = Array.from(expr.matchAll(/\b(?:vault_session_broker|process|nodejs)_\w+(\{[^}]*\})?/g), ([, matchers]) => matchers)
    t.ok(selectors.length > 0)
    for (const matchers of selectors) t.match(matchers, /^\{job="vault-session-broker",instance=~"\.\*"/)
  })
}

t.test('each of the broker\'s metrics is on it', async (t) => {
  const asked = queriesWith().map(({ expr }) => expr).join('\n')
  const names = [...documentedSeries.keys()].filter((name) => name.startsWith('vault_')).map((name) => name.replace(/_(?:bucket|sum|count)$/, ''))
  for (const name of new Set(names)) t.ok(new RegExp(`\\b${name}(?:_bucket|_sum|_count)?\\{`).test(asked), name)
})

t.test('Prometheus takes each query', { skip: without('promtool') }, async (t) => {
  const rules = queriesWith().map(({ expr }, index) => ({ record: `query:${index}`, expr }))
  const directory = t.testdir({ 'rules.yaml': stringify({ groups: [{ name: 'dashboard', rules }] }) })
  const { stdout } = await run('promtool', ['check', 'rules', join(directory, 'rules.yaml')])
  t.match(stdout, `SUCCESS: ${rules.length} rules found`)
})

t.test('docs/runbook.md names panels and rows that are there', async (t) => {
  const text = readFileSync('docs/runbook.md', 'utf8').replaceAll(/```[^]*?```|`[^`]*`/g, '')
  const named = new Set(Array.from(text.matchAll(/"([A-Z][^"]+)"/g), ([, title = '']) => title.replaceAll(/\s+/g, ' ')))
  t.ok(named.size > 8, 'the runbook is read')
  for (const title of named) t.ok(all.some((panel) => panel.title === title), title)
})
