/** Where lines go, who hears that some were lost, and how much may wait. */
export interface LineWriterOptions {
  /** Writes some of the bytes or all, and says how many; throws where it can write none. Never waits. */
  write: (bytes: Buffer) => number
  /** Told once lines can be written again, if any was lost meanwhile. */
  regained: (facts: LossFacts) => void
  /** Bytes that may wait; a line beyond them is lost. */
  maxBytes?: number
  /** Milliseconds, on a clock that nobody sets back. */
  now?: () => number
  /** Calls back after so many milliseconds. It must not keep the process alive. */
  schedule?: (retry: () => void, ms: number) => void
  /** Calls back once what is under way now has been done. */
  defer?: (write: () => void) => void
}

/** What was lost: how many lines, for how long none could be written, and the name of why. */
export interface LossFacts {
  lost_lines: number
  lost_for_ms: number
  failure: string
}

/** Milliseconds until what waits is tried again: twice as long each time that nothing of it could be written. */
const RETRY_MS = { first: 5, last: 250 }

/** Milliseconds between two attempts as the process ends. */
const FLUSH_STEP_MS = 5

/**
 * Writes lines in order, those of one turn of the event loop together, without ever waiting for whoever takes them: what
 * cannot be written then waits, within bounds, and is tried again; what does not fit is lost, and counted.
 */
export class LineWriter {
  readonly #options: Required<LineWriterOptions>
  /** What the last attempt left, and what came since. */
  #rest: Buffer = Buffer.alloc(0)
  #text = ''
  #waitingBytes = 0
  #isStuck = false
  #lostLines = 0
  /** Why lines wait, and why the first of those that were lost did. */
  #failure = ''
  #lostBy = ''
  #failedAt = 0
  #retryMs = RETRY_MS.first

  constructor (options: LineWriterOptions) {
    this.#options = {
      maxBytes: 1_048_576,
      now: () => performance.now(),
      schedule: (retry, ms) => { setTimeout(retry, ms).unref() },
      defer: setImmediate,
      ...options,
    }
  }

  write (line: string): void {
    const bytes = Buffer.byteLength(line)
    const isFirst = this.#waitingBytes === 0
    if (!isFirst && this.#waitingBytes + bytes > this.#options.maxBytes) {
      if (!this.#isStuck) this.#writeOrRetry()
      if (this.#isStuck) {
        this.#lostLines++
        this.#lostBy ||= this.#failure
        return
      }
    }
    this.#text += line
    this.#waitingBytes += bytes
    if (isFirst) this.#options.defer(() => { if (!this.#isStuck) this.#writeOrRetry() })
  }

  /** Writes what waits, for as long as that may take: for the end of a process, after which there is no other time. */
  flush (withinMs: number): void {
    const end = this.#options.now() + withinMs
    while (!this.#writeWaiting() && this.#failure === 'EAGAIN' && this.#options.now() < end) sleep(FLUSH_STEP_MS)
  }

  #writeOrRetry (): void {
    if (this.#writeWaiting()) return
    this.#isStuck = true
    this.#failedAt = this.#options.now()
    this.#retryLater()
  }

  #retryLater (): void {
    this.#options.schedule(() => {
      const before = this.#waitingBytes
      if (this.#writeWaiting()) return
      this.#retryMs = this.#waitingBytes < before ? RETRY_MS.first : Math.min(this.#retryMs * 2, RETRY_MS.last)
      this.#retryLater()
    }, this.#retryMs)
  }

  /** Whether all could be written. */
  #writeWaiting (): boolean {
    let rest = Buffer.from(this.#text)
    if (this.#rest.length > 0) rest = Buffer.concat([this.#rest, rest])
    try {
      while (rest.length > 0) rest = rest.subarray(this.#options.write(rest))
    } catch (error) {
      this.#failure = (error as NodeJS.ErrnoException).code ?? 'unknown'
    }
    this.#rest = rest
    this.#text = ''
    this.#waitingBytes = rest.length
    if (rest.length > 0) return false
    this.#isStuck = false
    this.#tellLoss()
    return true
  }

  #tellLoss (): void {
    this.#retryMs = RETRY_MS.first
    if (this.#lostLines === 0) return
    const facts = { lost_lines: this.#lostLines, lost_for_ms: Math.round(this.#options.now() - this.#failedAt), failure: this.#lostBy }
    this.#lostLines = 0
    this.#lostBy = ''
    this.#options.regained(facts)
  }
}

function sleep (ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
