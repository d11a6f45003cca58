import t from 'tap'
import { Breaches } from '../../soak/breaches.js'
import { judgeHeap, type Sample } from '../../soak/memory.js'

const MB = 2 ** 20

/** Samples of a heap that grows by so much with each request, and swings by half a megabyte. */
const heaps = (bytesPerRequest: number, requests = 360_000, count = 60): Sample[] => Array.from({ length: count }, (_, i) => {
  const sent = Math.round(requests * i / (count - 1))
  return { requests: sent, heap: 25 * MB + sent * bytesPerRequest + (i % 3 - 1) * MB / 2, rss: 0, lagP99: 0, lagMax: 0 }
})

const rows: Array<[what: string, samples: Sample[], told: RegExp | undefined]> = [
  ['level', heaps(0), undefined],
  ['of a short run, level', heaps(0, 3_000, 8), undefined],
  ['unknown', [], undefined],
  ['that grows by 20 bytes a request', heaps(20), undefined],
  ['that grows by 200 bytes a request', heaps(200), /^200 bytes with each request|, 200 bytes/],
  ['that grows by 60 bytes a request', heaps(60), /60 bytes with each request/],
  ['of a short run, 15 MiB larger', heaps(5_300, 3_000, 8), /^from 24\.5 to \d+\.\d MiB over 3000 requests$/],
]
for (const [what, samples, told] of rows) {
  t.test(`a heap ${what} is ${told === undefined ? 'well' : 'a breach'}`, async (t) => {
    const breaches = new Breaches()
    judgeHeap(samples, breaches)
    t.equal(breaches.isClean, told === undefined)
    if (told !== undefined) t.match(breaches.told('heap').join(', '), told)
  })
}

t.test('a breach is counted each time, and told of with two examples of its sort', async (t) => {
  const breaches = new Breaches()
  for (let i = 0; i < 5; i++) breaches.add('lost', `request ${i}`)
  breaches.add('lost', 'the other', 'others')
  t.equal(breaches.count('lost'), 6)
  t.strictSame(breaches.told('lost'), ['request 0 (5 of its sort)', 'request 1', 'the other'])
  t.strictSame([breaches.count('wrong'), breaches.told('wrong')], [0, []])
})
