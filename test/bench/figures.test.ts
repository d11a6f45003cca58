import { readFileSync } from 'node:fs'
import t from 'tap'
import { goalsOf, rowsOf, table, type Figures } from '../../bench/figures.js'

/** A run in which every goal is met, by a hair. */
const figures: Figures = {
  node: 'v24.0.0',
  servers: [
    { name: 'bare', costs: [100, 200], megabytes: 100, starts: [100, 110] },
    { name: 'broker', costs: [125, 250], megabytes: 130, starts: [250, 275] },
    { name: 'broker, jwt', costs: [225, 350], megabytes: 130, starts: [250, 275] },
    { name: 'express + SDK', costs: [750, 1_500], megabytes: 450, starts: [900, 990] },
    { name: 'nginx', costs: [20, 40], megabytes: 8, starts: [] },
  ],
  signature: [100, 100],
  latency: { perSecond: 1_000, direct: [2, 2], bare: [3, 3], broker: [5, 5] },
  connections: { bare: [[10, [100]], [750, [110]]], broker: [[10, [100]], [750, [105]]] },
  bodies: [[200, [10]], [1_000, [18]], [2_000, [28]]],
}

const met = (figures: Figures) => goalsOf(figures).map(({ isMet }) => isMet)

t.test('each goal is held to what was measured', async (t) => {
  t.strictSame(met(figures), Array(8).fill(true))
  const [, cost] = goalsOf(figures)
  t.strictSame(cost, { goal: 'CPU a session, Express with the SDK to it', wanted: 'at least 6', measured: '6.00 (6.00 to 6.00)', isMet: true })
})

const worse: Array<[what: string, figures: Partial<Figures>, missed: number[]]> = [
  ['a session that costs more', { servers: figures.servers.map((server) => server.name === 'broker' ? { ...server, costs: [130, 260] } : server) }, [0, 1]],
  ['tokens that cost more than their check', { signature: [90, 90] }, [2]],
  ['a start that takes longer, and more memory', { servers: figures.servers.map((server) => server.name === 'broker' ? { ...server, starts: [260, 280], megabytes: 131 } : server) }, [3, 4]],
  ['slow answers', { latency: { ...figures.latency, broker: [5.1, 5.1] } }, [5]],
  ['many connections that cost more', { connections: { ...figures.connections, broker: [[10, [100]], [750, [106]]] } }, [6]],
  ['large bodies that cost more than in proportion', { bodies: [[200, [10]], [1_000, [18]], [2_000, [56]]] }, [7]],
  ['nothing measured', { servers: [] }, [0, 1, 2, 3, 4]],
]
for (const [what, figure, missed] of worse) {
  t.test(`${what} misses a goal`, async (t) => {
    t.strictSame(met({ ...figures, ...figure }), Array.from({ length: 8 }, (_, i) => !missed.includes(i)))
  })
}

t.test('a round that is missing is no figure, and not a good one either', async (t) => {
  const one = (server: Figures['servers'][number]) => server.name === 'broker' ? { ...server, costs: [100] } : server
  const ragged = { ...figures, servers: figures.servers.map(one), latency: { ...figures.latency, bare: [] }, connections: { bare: [], broker: [] } }
  t.match(goalsOf(ragged).map(({ measured, isMet }) => [measured, isMet]), { 2: [/NaN/, false], 5: ['NaN', false] })
})

t.test('servers stand beside each other, and to the first', async (t) => {
  t.strictSame(rowsOf(figures)[1], ['broker', '250', '1.25', '275', '2.50', '130', '1.30'])
  t.strictSame(rowsOf(figures).at(-1), ['nginx', '40', '0.20', '–', '–', '8', '0.08'])
  t.strictSame(rowsOf({ ...figures, servers: [] }), [])
  t.equal(table(['a', 'b'], [['x'], ['x', 'y', 'z']]), '| a | b |\n| - | - |\n| x |\n| x | y | z |')
  t.equal(table(['a', 'long'], [['longer', 'b']]), '| a      | long |\n| ------ | ---- |\n| longer | b    |')
})

t.test('docs/performance.md has a row for each goal', async (t) => {
  const text = readFileSync('docs/performance.md', 'utf8')
  for (const { goal } of goalsOf(figures)) t.match(text, `| ${goal.replace(/ \(bare.*/, '')}`)
})
