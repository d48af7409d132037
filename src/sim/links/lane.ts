// One direction of a link: frames enter at one end and leave at the other, delayed, or are lost or corrupted.

import type { SeededRandom } from '../../host/seeded-random.ts'
import { below, fraction } from '../randomness.ts'
import type { Frame, Nanoseconds, Scheduler } from '../types.ts'
import { type Conditions, perfect } from './conditions.ts'

/** The codec with which a lane makes frames into bytes and back. */
export interface FrameCodec {
  /** The frame's size, without encoding it. */
  length(frame: Frame): number
  encode(frame: Frame): Uint8Array
  /** Undefined: not a frame any more. */
  decode(bytes: Uint8Array): Frame | undefined
}

export interface LaneCounts {
  sent: number
  delivered: number
  /** Frames lost by loss, a full queue, or a link that is down. */
  lost: number
  overflowed: number
  refused: number
  duplicated: number
  reordered: number
  corrupted: number
}

export class Lane {
  readonly counts: LaneCounts = {
    sent: 0,
    delivered: 0,
    lost: 0,
    overflowed: 0,
    refused: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
  }
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #codec: FrameCodec
  readonly #deliver: (frame: Frame) => void
  #conditions: Conditions = perfect
  /** When the last frame has left this end. */
  #freeAt: Nanoseconds = 0
  /** When each queued frame begins to leave; the oldest is at `#head`. */
  #departures: Nanoseconds[] = []
  #head = 0
  #lastArrival: Nanoseconds = 0
  /** Called for each frame that is lost. */
  onLost: ((frame: Frame) => void) | undefined

  constructor(scheduler: Scheduler, random: SeededRandom, codec: FrameCodec, deliver: (frame: Frame) => void) {
    this.#scheduler = scheduler
    this.#random = random
    this.#codec = codec
    this.#deliver = deliver
  }

  get conditions(): Conditions {
    return this.#conditions
  }

  set conditions(conditions: Conditions) {
    this.#conditions = conditions
  }

  /** @param mayBeNow - whether delivery from within this call is harmless where nothing delays the frame */
  send(frame: Frame, mayBeNow = false): void {
    const { counts } = this
    counts.sent++
    const { isUp, loss, duplication, corruption } = this.#conditions
    if (!isUp) {
      counts.refused++
      this.onLost?.(frame)
      return
    }
    const departed = this.#transmit(frame)
    if (departed === undefined) {
      counts.overflowed++
      this.onLost?.(frame)
      return
    }
    if (this.#happens(loss)) {
      counts.lost++
      this.onLost?.(frame)
      return
    }
    let arriving: Frame | undefined = frame
    if (this.#happens(corruption)) {
      counts.corrupted++
      arriving = this.#corrupt(frame)
      if (arriving === undefined) return
    }
    this.#propagate(arriving, departed, mayBeNow)
    if (this.#happens(duplication)) {
      counts.duplicated++
      this.#propagate(arriving, departed, false)
    }
  }

  /** Puts the frame's bits on the wire, after those of the frames before it. @returns when the last one is out */
  #transmit(frame: Frame): Nanoseconds | undefined {
    const now = this.#scheduler.now()
    const { bandwidth, queue } = this.#conditions
    if (bandwidth === Number.POSITIVE_INFINITY) return now
    let begin = now
    if (this.#freeAt > now) {
      begin = this.#freeAt
      if (this.#waiting(now) >= (queue === Number.POSITIVE_INFINITY ? DEFAULT_QUEUE : queue)) return undefined
      this.#departures.push(begin)
    }
    this.#freeAt = begin + Math.ceil((this.#codec.length(frame) * 8e9) / bandwidth)
    return this.#freeAt
  }

  #waiting(now: Nanoseconds): number {
    const departures = this.#departures
    while (this.#head < departures.length && (departures[this.#head] as number) <= now) this.#head++
    if (this.#head > 64 && this.#head > departures.length >> 1) {
      this.#departures = departures.slice(this.#head)
      this.#head = 0
    }
    return this.#departures.length - this.#head
  }

  #propagate(frame: Frame, departed: Nanoseconds, mayBeNow: boolean): void {
    const { latency, jitter, reordering } = this.#conditions
    const now = this.#scheduler.now()
    let arrival = departed + latency
    if (jitter > 0) arrival += below(this.#random, jitter + 1)
    if (this.#happens(reordering)) {
      this.counts.reordered++
      arrival =
        Math.max(arrival, this.#lastArrival) +
        1 +
        below(this.#random, Math.max(Math.floor(latency / 2), jitter, LEAST_HOLD))
    } else {
      // Jitter does not reorder frames.
      if (arrival < this.#lastArrival) arrival = this.#lastArrival
      this.#lastArrival = arrival
    }
    if (mayBeNow && arrival <= now) this.#arrive(frame)
    else this.#scheduler.schedule(arrival - now, () => this.#arrive(frame))
  }

  #arrive(frame: Frame): void {
    this.counts.delivered++
    this.#deliver(frame)
  }

  #corrupt(frame: Frame): Frame | undefined {
    const bytes = Uint8Array.from(this.#codec.encode(frame))
    const bit = below(this.#random, bytes.length * 8)
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
    return this.#codec.decode(bytes)
  }

  /** Draws a number only if the probability is above zero: conditions that are off must not change later draws. */
  #happens(probability: number): boolean {
    return probability > 0 && fraction(this.#random) < probability
  }
}

/** Frames, as Linux's txqueuelen. */
const DEFAULT_QUEUE = 1000
/** The additional delay of a reordered frame is drawn from a range of at least this size. */
const LEAST_HOLD: Nanoseconds = 1e6
