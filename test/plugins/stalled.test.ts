import type { Socket } from 'node:net'
import t from 'tap'
import type { Underway } from '../../src/plugins/connections.js'
import { createStalled } from '../../src/plugins/stalled.js'

const busy = [{}] as Underway[]

interface State { bytesRead?: number, bytesWritten?: number, writableLength?: number }

/** What is said of a connection that is asked about at these seconds, in this state each. */
function verdicts (states: Array<[second: number, state: State, underway?: Underway[]]>): boolean[] {
  let ms = 0
  const isStalled = createStalled(() => ms)
  const socket = { bytesRead: 0, bytesWritten: 0, writableLength: 0 }
  return states.map(([second, state, underway = []]) => {
    ms = second * 1_000
    return isStalled(Object.assign(socket, state) as unknown as Socket, underway)
  })
}

for (const [what, states, expected] of [
  ['one that is silent waits for Node\'s own timeouts', [[0, {}], [20, {}], [40, {}]], false],
  ['one whose answer is not read is stalled', [[0, { bytesWritten: 9, writableLength: 9 }], [6, {}], [8, {}]], true],
  ['one whose next answer is not read is stalled, whatever is under way', [[0, {}, busy], [1, { bytesWritten: 9, writableLength: 9 }, busy], [6, {}, busy], [8, {}, busy]], true],
  ['one whose answer is read little by little is not', [[0, { bytesWritten: 9, writableLength: 9 }], [6, { writableLength: 8 }], [12, { writableLength: 7 }], [18, { writableLength: 6 }]], false],
  ['one that sends what never becomes a request is stalled', [[0, { bytesRead: 40, bytesWritten: 9 }], [1, { bytesRead: 42 }], [6, { bytesRead: 52 }], [8, { bytesRead: 56 }]], true],
  ['one that sends requests and has answers is not', [[0, { bytesRead: 40, bytesWritten: 9 }], [9, { bytesRead: 80, bytesWritten: 18 }], [18, { bytesRead: 120, bytesWritten: 27 }]], false],
  ['one whose request waits for its answer is not', [[0, { bytesRead: 40 }], [9, { bytesRead: 80 }, busy], [18, { bytesRead: 80 }, busy]], false],
] as Array<[string, Parameters<typeof verdicts>[0], boolean]>) {
  t.test(what, async (t) => {
    const told = verdicts(states)
    t.equal(told.at(-1), expected)
    t.notOk(told.slice(0, -1).includes(true), 'not before its time')
  })
}
