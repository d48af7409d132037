/**
 * What a round may leave on the heap. What is kept once, such as compiled code, is a share that falls with the number of rounds;
 * the smallest object that stands for a connection is some hundred bytes.
 */
export function bytesAllowedPerRound(rounds: number): number {
  return ONCE_BYTES / rounds + 16
}

const ONCE_BYTES = 1_000_000
