/*
 * Loaded into a server before its own code. Tells whoever started it what its process has had, each time that it is asked,
 * and takes a profile of it; ends with whoever started it. `cpu` is in microseconds, in its own code and in the kernel's
 * for it, of all its threads; `rss` is in bytes.
 */
import type { Session } from 'node:inspector/promises'

/** What it can be asked. */
export type Question = 'usage' | 'start a profile' | 'end the profile'

let session: Session | undefined

const answers: Record<Question, () => Promise<unknown>> = {
  usage: async () => ({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }),
  'start a profile': async () => {
    const { Session } = await import('node:inspector/promises')
    session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
  },
  'end the profile': async () => (await session?.post('Profiler.stop'))?.profile,
}

process.on('message', (question: Question) => {
  answers[question]().then((answer) => process.send?.({ answer }), (error: unknown) => { throw error })
})
process.on('disconnect', () => process.exit())
process.channel?.unref()
