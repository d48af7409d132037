// The network's time: what happens when, in one queue. Nothing here runs by itself: the driver takes one event after the
// other. Equal instants run in the order in which they were scheduled, so a run is the same each time.

import type { Nanoseconds, ScheduledEvent, Scheduler } from '../types.ts'

/** Whether what belongs to one machine happens now, later, or never. */
export class Gate {
  #state: 'open' | 'held' | 'shut' = 'open'
  #waiting: TimelineEvent[] = []

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** From now on its events wait. */
  hold(): void {
    if (this.#state === 'open') this.#state = 'held'
  }

  /** What has waited runs now, in its order, before anything else that is scheduled for this instant. */
  release(timeline: Timeline): void {
    if (this.#state !== 'held') return
    this.#state = 'open'
    const waiting = this.#waiting
    this.#waiting = []
    for (const event of waiting) timeline.reschedule(event)
  }

  /** Its events never run any more. */
  shut(): void {
    this.#state = 'shut'
    this.#waiting = []
  }

  /** Takes an event that cannot run now. */
  keep(event: TimelineEvent): void {
    if (this.#state === 'held') this.#waiting.push(event)
  }
}

/** One entry of the queue. */
export class TimelineEvent implements ScheduledEvent {
  at: Nanoseconds
  sequence: number
  /** Undefined: run, or cancelled. */
  what: (() => void) | undefined
  readonly gate: Gate | undefined
  /** Does not keep anybody waiting: an unref'ed timer. */
  isBackground: boolean
  /** False while its gate keeps it. */
  isQueued = true
  readonly #timeline: Timeline

  constructor(
    timeline: Timeline,
    at: Nanoseconds,
    sequence: number,
    what: () => void,
    gate: Gate | undefined,
    isBackground: boolean,
  ) {
    this.#timeline = timeline
    this.at = at
    this.sequence = sequence
    this.what = what
    this.gate = gate
    this.isBackground = isBackground
  }

  get isPending(): boolean {
    return this.what !== undefined
  }

  cancel(): void {
    if (this.what === undefined) return
    this.what = undefined
    if (this.isQueued) this.#timeline.forget(this)
  }

  /** Whether somebody waits for this. */
  setBackground(isBackground: boolean): void {
    if (this.what === undefined || this.isBackground === isBackground) return
    this.isBackground = isBackground
    if (this.isQueued) this.#timeline.recount(isBackground)
  }
}

export interface TimelineOptions {
  /** Real time instead of jumps: nanoseconds since the beginning, never falling. */
  readonly elapsed?: (() => Nanoseconds) | undefined
}

export class Timeline implements Scheduler {
  readonly #elapsed: (() => Nanoseconds) | undefined
  #now: Nanoseconds = 0
  #sequence = 0
  /** A binary heap by instant, then sequence. Cancelled events stay until they come up, or until they are the most. */
  #heap: TimelineEvent[] = []
  #cancelled = 0
  #foreground = 0
  #hasWoken = false
  #eventCount = 0
  /** Told of each event that comes before all others: a driver on real time may sleep until a later one. */
  onEarlier: (() => void) | undefined

  constructor({ elapsed }: TimelineOptions = {}) {
    this.#elapsed = elapsed
  }

  now(): Nanoseconds {
    return this.#elapsed === undefined ? this.#now : Math.max(this.#now, this.#elapsed())
  }

  /** Events that have run. */
  get eventCount(): number {
    return this.#eventCount
  }

  /** Events that are neither cancelled nor background. */
  get foregroundCount(): number {
    return this.#foreground
  }

  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  schedule(after: Nanoseconds, what: () => void, gate?: Gate, isBackground = false): TimelineEvent {
    // Not below now, and no NaN, which would have no place in the order. Rounded up: who asks to be called at a time that
    // is no whole number must not be called before it, and ask again.
    const at = this.now() + (after > 0 ? Math.ceil(after) : 0)
    const event = new TimelineEvent(this, at, this.#sequence++, what, gate, isBackground)
    if (!isBackground) this.#foreground++
    this.#push(event)
    return event
  }

  /** Brings an event that was taken out of the queue back, at this instant. */
  reschedule(event: TimelineEvent): void {
    if (event.what === undefined) return
    event.isQueued = true
    event.at = this.now()
    event.sequence = this.#sequence++
    if (!event.isBackground) this.#foreground++
    this.#push(event)
  }

  /** When the next event is due; Infinity: there is none. */
  nextAt(): Nanoseconds {
    this.#dropCancelled()
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Goes on to the next event and runs it. What it throws, this throws. @returns false: there is none */
  runNext(): boolean {
    this.#dropCancelled()
    const event = this.#heap[0]
    if (event === undefined) return false
    this.#pop()
    if (event.at > this.#now) this.#now = event.at
    event.isQueued = false
    if (!event.isBackground) this.#foreground--
    const { gate, what } = event
    if (gate !== undefined && !gate.isOpen) {
      gate.keep(event)
      return true
    }
    event.what = undefined
    this.#eventCount++
    what?.()
    return true
  }

  /** Lets time pass in which nothing happens. */
  advanceTo(instant: Nanoseconds): void {
    if (instant > this.#now) this.#now = Math.min(instant, this.nextAt())
  }

  /** Said before program code runs: what it starts (promises, ticks) shall end before the next event. */
  wake(): void {
    this.#hasWoken = true
  }

  takeWoken(): boolean {
    const hasWoken = this.#hasWoken
    this.#hasWoken = false
    return hasWoken
  }

  /** Events by gate that somebody waits for, soonest first. */
  pending(gate: Gate): TimelineEvent[] {
    const events = this.#heap.filter(event => event.gate === gate && event.isPending)
    return events.sort(before)
  }

  /** Of events: one was cancelled. */
  forget(event: TimelineEvent): void {
    if (!event.isBackground) this.#foreground--
    this.#cancelled++
    if (this.#cancelled > 64 && this.#cancelled > this.#heap.length >> 1) this.#clear()
  }

  /** Of events: one went to the background, or came from there. */
  recount(isBackground: boolean): void {
    this.#foreground += isBackground ? -1 : 1
  }

  #clear(): void {
    const left = this.#heap.filter(event => event.what !== undefined)
    // A sorted array is a heap.
    this.#heap = left.sort(before)
    this.#cancelled = 0
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.what === undefined) {
      this.#pop()
      this.#cancelled--
    }
  }

  #push(event: TimelineEvent): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(event)
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above] as TimelineEvent
      if (before(parent, event) < 0) break
      heap[index] = parent
      index = above
    }
    heap[index] = event
    if (index === 0) this.onEarlier?.()
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as TimelineEvent
    const size = heap.length
    if (size === 0) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= size) break
      let child = heap[below] as TimelineEvent
      const right = heap[below + 1]
      if (right !== undefined && before(right, child) < 0) {
        child = right
        below++
      }
      if (before(last, child) < 0) break
      heap[index] = child
      index = below
    }
    heap[index] = last
  }
}

function before(one: TimelineEvent, other: TimelineEvent): number {
  return one.at - other.at || one.sequence - other.sequence
}
