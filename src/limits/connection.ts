import { lookup } from 'node:dns'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RedisAddress } from './address.js'
import { CounterFailure } from './counter.js'
import { encodeCommand, NO_PASSWORD, ReplyReader, type Reply } from './resp.js'

/**
 * Milliseconds that Redis has to be connected to, credentials included, and to answer, since a browser waits; after
 * which a connection that owes an answer is given up; and how many it may owe.
 */
const LIMITS = { connectMs: 1_000, answerMs: 250, silenceMs: 2_000, commands: 1_000 }

/** Milliseconds of quiet after which the network is asked whether the other end is still there. */
const KEEP_ALIVE_MS = 60_000

/** Told once when commands can be sent, and once, with a short name of why, when they no longer can. */
export interface Listener {
  opened (): void
  closed (failure: string): void
}

/** A command that was sent. Whoever waited for it may have gone: its answer is still owed, and is nobody else's. */
interface Owed {
  answered: (reply: Reply) => void
  failed: (failure: CounterFailure) => void
  timer: NodeJS.Timeout
}

/**
 * One connection to a Redis, from its first byte to its last. Answers come in the order of the commands, and as many:
 * one that nobody asked for, one that is none, or one that is not what was asked for ends it.
 */
export class RedisConnection {
  /** Nothing ends a lookup of a host that hangs, and it holds one of the few threads that all lookups of the process share. */
  isLookingUp = false
  readonly #socket: Socket
  readonly #listener: Listener
  readonly #reader = new ReplyReader()
  readonly #owed: Owed[] = []
  readonly #connecting: NodeJS.Timeout
  #failure: string | undefined
  #isEnding = false

  constructor ({ isTls, host, port, handshake }: RedisAddress, listener: Listener, resolve: LookupFunction = lookup) {
    this.#listener = listener
    this.#connecting = setTimeout(() => this.destroy('timeout'), LIMITS.connectMs)
    const found: LookupFunction = (hostname, options, done) => {
      this.isLookingUp = true
      resolve(hostname, options, (error, ...addresses) => {
        this.isLookingUp = false
        done(error, ...addresses)
      })
    }
    this.#socket = isTls
      ? connectTls({ host, port, lookup: found, servername: isIP(host) === 0 ? host : '', rejectUnauthorized: true, minVersion: 'TLSv1.2' })
      : connect({ host, port, lookup: found })
    this.#socket.setNoDelay().setKeepAlive(true, KEEP_ALIVE_MS)
      .on(isTls ? 'secureConnect' : 'connect', () => this.#open(handshake))
      .on('data', (chunk) => this.#read(chunk))
      .on('error', (error: NodeJS.ErrnoException) => this.destroy(error.code ?? 'failed'))
      .on('close', () => this.destroy('closed'))
  }

  /**
   * Sends a command, at once.
   *
   * @param read what is asked for, in an answer that has it
   * @throws CounterFailure
   */
  ask<T> (command: readonly string[], read: (reply: Reply) => T | undefined): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(new CounterFailure(this.#failure))
    if (this.#owed.length >= LIMITS.commands) return Promise.reject(new CounterFailure('too_many_commands'))
    return new Promise((resolve, reject) => {
      const owed: Owed = {
        failed: reject,
        answered: (reply) => {
          const answer = read(reply)
          if (answer !== undefined) return resolve(answer)
          const failure = 'error' in reply ? reply.error : 'not_counts'
          reject(new CounterFailure(failure))
          // A primary that has become a replica: whoever has taken its place stands at the same address.
          if (!('error' in reply) || failure === 'READONLY') this.destroy(failure)
        },
        timer: setTimeout(() => {
          reject(new CounterFailure('timeout'))
          owed.timer = setTimeout(() => this.destroy('timeout'), LIMITS.silenceMs - LIMITS.answerMs)
        }, LIMITS.answerMs),
      }
      this.#owed.push(owed)
      this.#socket.write(encodeCommand(command))
    })
  }

  /** Closes it once what is owed has been answered. */
  end (): void {
    this.#isEnding = true
    if (this.#owed.length === 0) this.destroy('closed')
  }

  /** Closes it at once. */
  destroy (failure: string): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    clearTimeout(this.#connecting)
    this.#socket.destroy()
    for (const { timer, failed } of this.#owed.splice(0)) {
      clearTimeout(timer)
      failed(new CounterFailure(failure))
    }
    this.#listener.closed(failure)
  }

  #open (handshake: string[][]): void {
    const isDone = (reply: Reply) => ('status' in reply && reply.status === 'OK') || ('error' in reply && reply.error === NO_PASSWORD) || undefined
    Promise.all(handshake.map((command) => this.ask(command, isDone))).then(() => {
      clearTimeout(this.#connecting)
      if (this.#failure === undefined) this.#listener.opened()
    }, (error: CounterFailure) => this.destroy(error.message))
  }

  #read (chunk: Buffer): void {
    this.#reader.add(chunk)
    while (this.#failure === undefined) {
      const reply = this.#reader.next()
      if (reply === undefined) return
      if ('fault' in reply) return this.destroy(reply.fault)
      const owed = this.#owed.shift()
      if (owed === undefined) return this.destroy('not_asked')
      clearTimeout(owed.timer)
      owed.answered(reply)
      if (this.#isEnding) this.end()
    }
  }
}
