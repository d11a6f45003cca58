import t, { type Test } from 'tap'
import type { Replacement } from '../../demo/replicas/file.js'
import { without } from '../helpers/programs.js'
import { startSite } from '../helpers/replicas.js'
import { httpUpstream, mint } from '../helpers/upstream.js'

/* Two replicas behind nginx, each restarted in turn under load. */

const CLIENTS = 20

/** Everything there is, under load. */
async function underLoad (t: Test, others: readonly Replacement[] = []) {
  const { url } = await httpUpstream(t, (request, response) => { setTimeout(mint, Math.random() * 20, request, response) })
  const variables = { APIDECK_BASE_URL: url }
  const { replicas, output, load } = await startSite(t, { variables: [variables, variables], others })
  return { replicas, output, load: load(CLIENTS) }
}

const rows: Array<[what: string, others?: Replacement[]]> = [
  ['as it is documented'],
  ['and a gateway that sends no request twice', [['proxy_next_upstream error timeout non_idempotent;', 'proxy_next_upstream error timeout;']]],
]

for (const [what, others] of rows) {
  t.test(`a rolling restart of two replicas loses no request, ${what}`, { skip: without('nginx') }, async (t) => {
    const { replicas, load, output } = await underLoad(t, others)
    await load.answers(100)
    for (const replica of replicas) {
      t.equal(await replica.restart(), 0)
      await load.answers(100)
    }
    const { sent, statuses, lost, refused } = await load.stop()
    t.match({ statuses, lost, refused }, { statuses: { 200: sent }, lost: 0, refused: 0 }, 'each is answered', { nginx: output() })
    t.comment(`${sent} requests`)
  })
}

t.test('a replica that is killed loses no request of those that came through nginx', { skip: without('nginx') }, async (t) => {
  const { replicas: [replica], load, output } = await underLoad(t)
  await load.answers(100)
  t.equal(await replica.restart('SIGKILL'), null)
  await load.answers(100)
  const { sent, statuses, lost, refused } = await load.stop()
  t.match({ statuses, lost, refused }, { statuses: { 200: sent }, lost: 0, refused: 0 }, 'each is answered', { nginx: output() })
})
