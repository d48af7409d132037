// Where ours is right to differ from Node's.

import type { Finding } from './compare.ts'

interface Difference {
  readonly scenario: RegExp
  readonly key: RegExp
  readonly reason: string
}

const differences: readonly Difference[] = []

export function isKnownDifference({ scenario, cell }: Finding): boolean {
  return differences.some(known => known.scenario.test(scenario) && known.key.test(cell?.key ?? ''))
}
