// The conditions of a link, as programs write them and as a lane uses them.

import { invalidArgValue } from '../../core/errors.ts'
import { validateInteger, validateObject } from '../../core/validate.ts'
import type { Nanoseconds } from '../types.ts'
import { type Duration, parseDuration, parseProbability, parseRate, type Rate } from '../units.ts'

/** All may be changed; frames already under way are not affected. */
export interface LinkConditions {
  /** The delay from one end to the other. Default: none. */
  readonly latency?: Duration | undefined
  /** The largest additional delay, uniformly distributed; the order of frames stays. Default: none. */
  readonly jitter?: Duration | undefined
  /** Default: unlimited. */
  readonly bandwidth?: Rate | undefined
  /** Frames that may wait for the bandwidth; further ones are dropped. Default: 1000. */
  readonly queue?: number | undefined
  /** Probabilities, independent for each frame. Default: 0. */
  readonly loss?: number | undefined
  readonly duplication?: number | undefined
  /** The probability that a frame is delayed so that later ones overtake it. */
  readonly reordering?: number | undefined
  /** The probability that one bit of a frame is flipped. */
  readonly corruption?: number | undefined
  /** False: nothing passes. Default: true. */
  readonly up?: boolean | undefined
}

export interface Conditions {
  readonly latency: Nanoseconds
  readonly jitter: Nanoseconds
  /** Bits per second; Infinity: no limit. */
  readonly bandwidth: number
  /** Infinity: the default. */
  readonly queue: number
  readonly loss: number
  readonly duplication: number
  readonly reordering: number
  readonly corruption: number
  readonly isUp: boolean
}

export const perfect: Conditions = {
  latency: 0,
  jitter: 0,
  bandwidth: Number.POSITIVE_INFINITY,
  queue: Number.POSITIVE_INFINITY,
  loss: 0,
  duplication: 0,
  reordering: 0,
  corruption: 0,
  isUp: true,
}

/** Validates conditions, and fills in missing ones from `base`. */
export function readConditions(
  options: LinkConditions,
  base: Conditions = perfect,
  others: readonly string[] = [],
): Conditions {
  validateObject(options, 'conditions')
  for (const name of Object.keys(options)) {
    if (!known.includes(name) && !others.includes(name)) {
      throw invalidArgValue(
        `conditions.${name}`,
        Reflect.get(options, name),
        `is unknown: there are ${[...known, ...others].join(', ')}`,
      )
    }
  }
  const probability = (name: 'loss' | 'duplication' | 'reordering' | 'corruption') =>
    options[name] === undefined ? base[name] : parseProbability(options[name], name)
  const { latency, jitter, bandwidth, queue, up } = options
  if (queue !== undefined) validateInteger(queue, 'queue', 0)
  return {
    latency: latency === undefined ? base.latency : parseDuration(latency, 'latency'),
    jitter: jitter === undefined ? base.jitter : parseDuration(jitter, 'jitter'),
    bandwidth: bandwidth === undefined ? base.bandwidth : parseRate(bandwidth, 'bandwidth'),
    queue: queue ?? base.queue,
    loss: probability('loss'),
    duplication: probability('duplication'),
    reordering: probability('reordering'),
    corruption: probability('corruption'),
    isUp: up ?? base.isUp,
  }
}

/** The conditions of two links in series. */
export function inSeries(one: Conditions, other: Conditions): Conditions {
  const either = (first: number, second: number) => 1 - (1 - first) * (1 - second)
  return {
    latency: one.latency + other.latency,
    jitter: one.jitter + other.jitter,
    bandwidth: Math.min(one.bandwidth, other.bandwidth),
    queue: Math.min(one.queue, other.queue),
    loss: either(one.loss, other.loss),
    duplication: either(one.duplication, other.duplication),
    reordering: either(one.reordering, other.reordering),
    corruption: either(one.corruption, other.corruption),
    isUp: one.isUp && other.isUp,
  }
}

const known = ['latency', 'jitter', 'bandwidth', 'queue', 'loss', 'duplication', 'reordering', 'corruption', 'up']
