// Random numbers of a simulated network: one seed, and a separate stream for each consumer, so that a new machine or a
// lossier link does not change what happens elsewhere.

import { SeededRandom } from '../host/seeded-random.ts'

/** @param name - of the consumer: equal names draw equal numbers */
export function randomFor(seed: number, name: string): SeededRandom {
  // FNV-1a over the name, begun with the seed.
  let hash = (0x811c9dc5 ^ seed) | 0
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return new SeededRandom(Math.imul(hash, 31) + seed)
}

/** From 0 up to, but not including, 1. */
export function fraction(random: SeededRandom): number {
  return random.uint32() / 2 ** 32
}

/** A whole number from 0 up to, but not including, `size`. */
export function below(random: SeededRandom, size: number): number {
  return Math.floor(fraction(random) * size)
}
