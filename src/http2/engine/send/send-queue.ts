// Selects the stream that sends next: RFC 9218 section 10. Holds the streams that have data and an open stream window.
//
// A lower urgency number has strict precedence. Within one urgency, streams that are incremental, or have no priority, take
// turns, a frame each; those that are not incremental are sent one after the other, by identifier. If there are both
// kinds, they alternate, so that neither starves.

import type { Stream } from '../stream.ts'

export class SendQueue {
  readonly #levels: (Level | undefined)[] = new Array(8).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(stream: Stream): void {
    if (stream.isQueued) return
    stream.isQueued = true
    this.#size++
    const level = this.#level(stream.urgency)
    if (isSequential(stream)) level.sequential.insertById(stream)
    else level.rotating.push(stream)
  }

  remove(stream: Stream): void {
    if (!stream.isQueued) return
    stream.isQueued = false
    this.#size--
    const level = this.#level(stream.urgency)
    if (isSequential(stream)) level.sequential.remove(stream)
    else level.rotating.remove(stream)
  }

  /** Changes a stream's rank, queued or not. */
  rank(stream: Stream, urgency: number, incremental: boolean): void {
    const wasQueued = stream.isQueued
    this.remove(stream)
    stream.urgency = urgency
    stream.isIncremental = incremental
    stream.hasPriority = true
    if (wasQueued) this.add(stream)
  }

  /** The stream whose turn it is. It remains queued: `sent` ends its turn, `remove` removes it. */
  next(): Stream | undefined {
    if (this.#size === 0) return undefined
    for (const level of this.#levels) {
      const stream = level?.next()
      if (stream !== undefined) return stream
    }
    return undefined
  }

  /** A frame of the stream was written, and it has more data. */
  sent(stream: Stream): void {
    const level = this.#level(stream.urgency)
    level.isRotatingNext = !level.isRotatingNext
    if (isSequential(stream)) return
    level.rotating.remove(stream)
    level.rotating.push(stream)
  }

  #level(urgency: number): Level {
    this.#levels[urgency] ??= new Level()
    return this.#levels[urgency] as Level
  }
}

function isSequential(stream: Stream): boolean {
  return stream.hasPriority && !stream.isIncremental
}

class Level {
  readonly rotating = new StreamList()
  readonly sequential = new StreamList()
  isRotatingNext = false

  next(): Stream | undefined {
    const { rotating, sequential } = this
    return this.isRotatingNext ? (rotating.first ?? sequential.first) : (sequential.first ?? rotating.first)
  }
}

/** Linked through the streams themselves: each is in one list at most. */
class StreamList {
  first: Stream | undefined = undefined
  #last: Stream | undefined = undefined

  push(stream: Stream): void {
    this.#insertBehind(this.#last, stream)
  }

  insertById(stream: Stream): void {
    let before = this.#last
    while (before !== undefined && before.id > stream.id) before = before.before
    this.#insertBehind(before, stream)
  }

  remove(stream: Stream): void {
    const { before, behind } = stream
    if (before === undefined) this.first = behind
    else before.behind = behind
    if (behind === undefined) this.#last = before
    else behind.before = before
    stream.before = undefined
    stream.behind = undefined
  }

  #insertBehind(before: Stream | undefined, stream: Stream): void {
    const behind = before === undefined ? this.first : before.behind
    stream.before = before
    stream.behind = behind
    if (before === undefined) this.first = stream
    else before.behind = stream
    if (behind === undefined) this.#last = stream
    else behind.before = stream
  }
}
