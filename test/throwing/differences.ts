// Where ours is right to differ from Node's.

import type { Finding } from './compare.ts'
import { sideBySide } from './side-by-side.ts'

interface Difference {
  readonly scenario: RegExp
  readonly reason: string
  /** Of the cells that differ; without it, all of the scenario. */
  readonly key?: RegExp
  /** Of the lines that are ours alone, or Node's alone: all of them have to match. Without it, any. */
  readonly lines?: RegExp
}

const differences: readonly Difference[] = [
  {
    scenario: /^dgram: bound in vain$/,
    key: /^client socket 'error' 1$/,
    reason: "a bind that failed forgets its callback before 'error' is heard; in Node the next bind calls it as well",
  },
  {
    scenario: /^https? server: /,
    lines: /^\+ {3}server: response to \S+ 'close'$/,
    reason: "a response whose turn has not come hears 'close' when its connection ends; in Node it hears nothing",
  },
  {
    scenario: /^https? server: requests pipelined$/,
    key: /^server request \S+ 'end' 1$/,
    reason: "requests behind one whose 'end' listener has thrown are served; Node loses what came in the same packet",
  },
  {
    scenario: /^https server: /,
    key: /^server upgraded socket 'finish' 1$/,
    reason:
      "a connection that is over in both directions closes, though its 'finish' listener has thrown; Node keeps it",
  },
]

export function isKnownDifference({ scenario, cell, nodes, ours }: Finding): boolean {
  return differences.some(
    known =>
      known.scenario.test(scenario) &&
      (known.key === undefined || known.key.test(cell?.key ?? '')) &&
      (known.lines === undefined || differingLines(nodes, ours).every(line => known.lines?.test(line))),
  )
}

function differingLines(nodes: string, ours: string): string[] {
  return sideBySide(nodes, ours).filter(line => !line.startsWith(' '))
}
