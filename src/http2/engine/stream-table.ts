// The streams of a session that are not closed, their counts, and the identifiers that have been used. RFC 9113 sections
// 5.1.1 and 5.1.2.

import { MAX_STREAM_ID } from '../wire/frame-types.ts'
import type { Stream } from './stream.ts'
import { RESERVED_LOCAL, RESERVED_REMOTE } from './stream-states.ts'
import type { Role } from './types.ts'

export class StreamTable {
  readonly #streams = new Map<number, Stream>()
  readonly #isClient: boolean
  #nextId: number
  /** Open or half-closed streams, which count toward the limits of concurrency. RFC 9113 section 5.1.2. */
  #ours = 0
  #theirs = 0
  /** Streams that were promised and have not begun. */
  #reservedByUs = 0
  #reservedByPeer = 0
  /** The peer's highest stream identifier so far. */
  lastPeerId = 0
  /** Streams that we reset: frames that still arrive on them were in flight, and are ignored. Newest last. */
  readonly #resets = new Set<number>()
  /** The highest reset stream that has been dropped from `#resets`. */
  #lastForgottenReset = 0

  constructor(role: Role) {
    this.#isClient = role === 'client'
    this.#nextId = this.#isClient ? 1 : 2
  }

  get size(): number {
    return this.#streams.size
  }

  get ours(): number {
    return this.#ours
  }

  get theirs(): number {
    return this.#theirs
  }

  get reservedByUs(): number {
    return this.#reservedByUs
  }

  get reservedByPeer(): number {
    return this.#reservedByPeer
  }

  /** Our next stream identifier; none is left once it exceeds 2^31-1. */
  get nextId(): number {
    return this.#nextId
  }

  get hasNextId(): boolean {
    return this.#nextId <= MAX_STREAM_ID
  }

  takeNextId(): number {
    const id = this.#nextId
    this.#nextId += 2
    return id
  }

  /** @returns false if the identifier is not ours, or already used */
  setNextId(id: number): boolean {
    if (!this.isOurs(id) || id < this.#nextId || id > MAX_STREAM_ID) return false
    this.#nextId = id
    return true
  }

  isOurs(id: number): boolean {
    return (id % 2 === 1) === this.#isClient
  }

  /** Whether this identifier has not been used. */
  isIdle(id: number): boolean {
    if (!this.isOurs(id)) return id > this.lastPeerId
    return id >= this.#nextId || this.#streams.get(id)?.request !== undefined
  }

  /** A stream that the peer knows: not a request that has not been sent. */
  get(id: number): Stream | undefined {
    const stream = this.#streams.get(id)
    return stream?.request === undefined ? stream : undefined
  }

  /** A stream, including requests that have not been sent. */
  find(id: number): Stream | undefined {
    return this.#streams.get(id)
  }

  values(): IterableIterator<Stream> {
    return this.#streams.values()
  }

  add(stream: Stream): void {
    this.#streams.set(stream.id, stream)
    this.#count(stream, 1)
  }

  /** A reserved or waiting stream begins, and counts from now on. To be called before its state, or `request`, changes. */
  begin(stream: Stream): void {
    this.#count(stream, -1)
    if (stream.isOurs) this.#ours++
    else this.#theirs++
  }

  /** To be called before its state changes. */
  remove(stream: Stream): void {
    if (this.#streams.delete(stream.id)) this.#count(stream, -1)
  }

  rememberReset(id: number): void {
    this.#resets.add(id)
    if (this.#resets.size <= maxRememberedResets) return
    for (const oldest of this.#resets) {
      this.#resets.delete(oldest)
      this.#lastForgottenReset = Math.max(this.#lastForgottenReset, oldest)
      return
    }
  }

  wasReset(id: number): boolean {
    return this.#resets.has(id)
  }

  /** Whether we may have reset this stream, including resets that were dropped from `#resets`. */
  mayHaveBeenReset(id: number): boolean {
    return id <= this.#lastForgottenReset || this.#resets.has(id)
  }

  #count(stream: Stream, change: number): void {
    if (stream.state === RESERVED_REMOTE) this.#reservedByPeer += change
    else if (stream.state === RESERVED_LOCAL) this.#reservedByUs += change
    else if (stream.request !== undefined) return
    else if (stream.isOurs) this.#ours += change
    else this.#theirs += change
  }
}

/** Frames in flight on older reset streams are treated as on any closed stream, which is not worse. */
const maxRememberedResets = 1000
