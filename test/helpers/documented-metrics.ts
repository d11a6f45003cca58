import { readFileSync } from 'node:fs'
import { secretNames } from '../../src/config/variables.js'
import { catalogue } from '../../src/errors.js'

/** The labels of a metric, each with the words that it can have; nothing where they are not ours to list. */
export type Labels = Readonly<Record<string, readonly string[] | undefined>>

const text = readFileSync('docs/metrics.md', 'utf8')

const quotedIn = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, word = '']) => word)

/** What stands in the document behind a mark, to the end of its sentence or table. */
function behind (mark: string, end: string): string {
  const [, rest = ''] = text.split(mark)
  return rest.split(end)[0] ?? ''
}

/** Words that several metrics share, so that the document explains them once. */
const shared: Labels = {
  route: quotedIn(behind('`route` is the pattern of a route:', '. `status`')),
  status: ['200', '302', 'abandoned', ...new Set(Object.values(catalogue).map(({ status }) => String(status)))],
  code: ['none', ...Object.keys(catalogue)],
  dependency: [
    ...Array.from(behind('| `dependency` | 0 while |', '\n\n').matchAll(/^\| `([^`]+)` \|/gm), ([, word = '']) => word),
    ...secretNames.map((name) => `${name}_FILE`),
  ],
}

function labelsIn (cell: string): Labels {
  const [, label = '', words] = /^`(\w+)`: (.+)$/.exec(cell) ?? []
  if (words !== undefined) return { [label]: quotedIn(words) }
  return Object.fromEntries(quotedIn(cell).map((label) => [label, shared[label]]))
}

/** What Prometheus adds to whatever it scrapes. */
const ofTheScrape = { job: undefined, instance: undefined }

function seriesOf (name: string, type: string, labels: Labels): Array<[name: string, labels: Labels]> {
  if (type !== 'histogram') return [[name, { ...labels, ...ofTheScrape }]]
  return [
    [`${name}_bucket`, { ...labels, ...ofTheScrape, le: undefined }],
    ...['_sum', '_count'].map((suffix): [string, Labels] => [`${name}${suffix}`, { ...labels, ...ofTheScrape }]),
  ]
}

const rows = Array.from(text.matchAll(/^\| `(vault_\w+)` \| (\w+) \| (.*?) \| /gm))
const ofTheProcess = quotedIn(behind('\n## Of the process\n', '\n## '))

/** The series that `docs/metrics.md` tells of, and `up`, each with its labels. */
export const documentedSeries: ReadonlyMap<string, Labels> = new Map([
  ...rows.flatMap(([, name = '', type = '', cell = '']) => seriesOf(name, type, labelsIn(cell))),
  ...ofTheProcess.flatMap((name) => seriesOf(name, name === 'nodejs_gc_duration_seconds' ? 'histogram' : 'gauge', { kind: undefined, version: undefined })),
  ['up', ofTheScrape],
])
