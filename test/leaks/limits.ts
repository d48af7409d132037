import type { Plan } from './measure.ts'

/**
 * A socket that nobody has used yet is some 800 bytes: one of them kept in each round is told from noise, where V8 neither
 * optimizes code nor throws it away again.
 */
export const shortPlan: Plan = {
  warmUp: 8,
  rounds: 16,
  parts: 1,
  allowedBytes: 400,
  attempts: 4,
  flags: ['--no-flush-bytecode', '--no-opt', '--no-maglev', '--single-threaded-gc'],
}

/** A timer, or an entry of a map, is some hundred bytes; code that is compiled late is a few more for each of 10,000 rounds. */
export function longPlan(rounds: number): Plan {
  return {
    warmUp: 500,
    rounds,
    parts: 4,
    allowedBytes: 64 + 400_000 / rounds,
    attempts: 1,
    flags: ['--no-flush-bytecode'],
  }
}
