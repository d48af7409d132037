// What goes down from a TLS connection: plaintext that waits to be sealed, what the backend has put out, and whom to tell when it
// has left.

import { noBytes } from '../../core/bytes.ts'
import { detached } from '../../core/detached.ts'
import type { Clock, Connection, WriteDone } from '../../host/types.ts'
import { writeCancelled } from '../errors.ts'
import type { TlsBackend } from './backend.ts'

export class TlsOutput {
  readonly #clock: Clock
  /** Plaintext that has not been sealed yet, and whom to tell when it is sent. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #waitingDone: WriteDone[] = []
  /** Of what the backend has been given and not put out. */
  #behindDone: WriteDone[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Plaintext for later. */
  add(bytes: Uint8Array, done: WriteDone | undefined): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.byteLength
    if (done) this.#waitingDone.push(done)
  }

  /** Gives the backend what waits. @returns whom to tell when it is sent */
  seal(backend: TlsBackend): WriteDone | undefined {
    const waiting = this.#waiting
    if (waiting.length === 0) return undefined
    const bytes = this.#waitingBytes
    const done = this.#waitingDone
    this.#waiting = []
    this.#waitingBytes = 0
    this.#waitingDone = []
    if (bytes > 0) backend.write(waiting.length === 1 ? (waiting[0] as Uint8Array) : waiting)
    return done.length < 2 ? done[0] : allOf(done)
  }

  /**
   * Writes what the backend has put out.
   * @param isOver - nothing may follow any more: what there is, is dropped
   * @returns as `Connection.write` does
   */
  send(backend: TlsBackend, transport: Connection, given: WriteDone | undefined, isOver: boolean): boolean {
    const done = this.#doneWithOutput(given, backend)
    const output = backend.takeOutput()
    if (output.length === 0) {
      // After what has been written before it.
      if (done) transport.write(noBytes, undefined, done)
      return true
    }
    if (isOver) return false
    if (output.length === 1) return transport.write(output[0] as Uint8Array, undefined, done)
    // The records of a flight are small: they leave as one buffer.
    if (output.reduce((sum, record) => sum + record.length, 0) <= maxJoinedBytes) {
      return transport.write(Buffer.concat(output), undefined, done)
    }
    transport.cork()
    let mayGoOn = true
    for (const piece of output) mayGoOn = transport.write(piece)
    transport.uncork()
    // Not with the last piece: the runtime's stream would keep all of them until it has called back, and a server that sends in bulk
    // then needs 1.5 times the CPU and many times the memory.
    if (done) transport.write(noBytes, undefined, done)
    return mayGoOn
  }

  /** Nothing of it will be sent. */
  drop(): void {
    const done = this.#forget()
    if (done.length === 0) return
    // When the policy's own error has been heard, and what that led to has been done.
    this.#clock.setImmediate(() => allOf(done)(writeCancelled()))
  }

  /** Nothing of it will be sent: its writers hear why, at once and so before everybody else. */
  refuse(error: Error): void {
    allOf(this.#forget())(error)
  }

  #forget(): WriteDone[] {
    const done = [...this.#behindDone, ...this.#waitingDone]
    this.#waiting = []
    this.#waitingBytes = 0
    this.#waitingDone = []
    this.#behindDone = []
    return done
  }

  /** Whom to tell when the output that there is now has been sent. */
  #doneWithOutput(done: WriteDone | undefined, backend: TlsBackend): WriteDone | undefined {
    if (backend.pendingBytes === 0 && this.#behindDone.length === 0) return done
    if (done) this.#behindDone.push(done)
    if (backend.pendingBytes > 0) return undefined
    const all = this.#behindDone
    this.#behindDone = []
    return allOf(all)
  }
}

function allOf(done: readonly WriteDone[]): WriteDone {
  const each = done.map(one => detached(one))
  return error => {
    for (const one of each) one(error)
  }
}

const maxJoinedBytes = 16 * 1024
