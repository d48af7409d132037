// The network's time: a queue of all scheduled events. Nothing here runs by itself: the driver runs one event after the
// other. Events of one instant run in the order in which they were scheduled, so a run is the same each time.

import type { Nanoseconds, ScheduledEvent, Scheduler } from '../types.ts'

/** Whether one machine's events run at their time, later, or never. */
export class Gate {
  #state: 'open' | 'held' | 'shut' = 'open'
  #waiting: TimelineEvent[] = []

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** From now on its events are held. */
  hold(): void {
    if (this.#state === 'open') this.#state = 'held'
  }

  /** Schedules the held events for this instant, in their order, before its other events. */
  release(timeline: Timeline): void {
    if (this.#state !== 'held') return
    this.#state = 'open'
    const waiting = this.#waiting
    this.#waiting = []
    for (const event of waiting) timeline.reschedule(event)
  }

  /** From now on its events are dropped. */
  shut(): void {
    this.#state = 'shut'
    this.#waiting = []
  }

  /** Holds, or drops, an event that cannot run now. */
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
  /** Does not count as pending work: an unref'ed timer, for instance. */
  isBackground: boolean
  /** False while its gate holds it. */
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

  /** Sets whether the event is a background event. */
  setBackground(isBackground: boolean): void {
    if (this.what === undefined || this.isBackground === isBackground) return
    this.isBackground = isBackground
    if (this.isQueued) this.#timeline.recount(isBackground)
  }
}

export interface TimelineOptions {
  /** Real time instead of jumps: nanoseconds since the beginning, monotonic. */
  readonly elapsed?: (() => Nanoseconds) | undefined
}

export class Timeline implements Scheduler {
  readonly #elapsed: (() => Nanoseconds) | undefined
  #now: Nanoseconds = 0
  #sequence = 0
  /** A binary heap by instant, then sequence. Cancelled events stay until they reach the top, or are the majority. */
  #heap: TimelineEvent[] = []
  #cancelled = 0
  #foreground = 0
  #hasWoken = false
  #eventCount = 0
  /** Called when an event is scheduled before all others: a driver on real time may be asleep until a later one. */
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
    // Not before now, and never NaN, which has no place in the order. Rounded up: a caller that asks for a fractional instant
    // must not be called before it, or it would schedule again.
    const at = this.now() + (after > 0 ? Math.ceil(after) : 0)
    const event = new TimelineEvent(this, at, this.#sequence++, what, gate, isBackground)
    if (!isBackground) this.#foreground++
    this.#push(event)
    return event
  }

  /** Puts an event that was taken out of the queue back, at this instant. */
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

  /** Advances to the next event and runs it; passes its exception on. @returns false: there is none */
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

  /** Advances time without running events. */
  advanceTo(instant: Nanoseconds): void {
    if (instant > this.#now) this.#now = Math.min(instant, this.nextAt())
  }

  /** Called before program code runs: its microtasks and ticks are to be run before the next event. */
  wake(): void {
    this.#hasWoken = true
  }

  takeWoken(): boolean {
    const hasWoken = this.#hasWoken
    this.#hasWoken = false
    return hasWoken
  }

  /** A gate's scheduled events, soonest first. */
  pending(gate: Gate): TimelineEvent[] {
    const events = this.#heap.filter(event => event.gate === gate && event.isPending)
    return events.sort(before)
  }

  /** Called by an event that was cancelled. */
  forget(event: TimelineEvent): void {
    if (!event.isBackground) this.#foreground--
    this.#cancelled++
    if (this.#cancelled > 64 && this.#cancelled > this.#heap.length >> 1) this.#clear()
  }

  /** Called by an event that became a background event, or ceased to be one. */
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
