import type { Plan } from './measure.ts'

const quiet = ['--no-flush-bytecode', '--no-opt', '--no-maglev', '--single-threaded-gc']

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
  flags: quiet,
}

/** A timer, or an entry of a map, is some hundred bytes; what is compiled late is some ten for each of 10,000 rounds. */
export function longPlan(rounds: number): Plan {
  return {
    warmUp: 500,
    rounds,
    parts: 4,
    allowedBytes: 64 + 400_000 / rounds,
    attempts: 1,
    flags: quiet,
  }
}
