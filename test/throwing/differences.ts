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
  {
    scenario: /^https? client: /,
    lines: /^[-] {3}client: socket 'finish'$/,
    reason: 'an idle socket whose server has ended is destroyed at once; Node ends its own side first',
  },
  {
    scenario: /^https? client: /,
    key: /^client socket 'connect' 1$/,
    reason:
      "a request that a 'connect' listener's exception keeps back is told so by its callbacks when its agent is destroyed",
  },
  {
    scenario: /^tls: /,
    lines: /^[-+] {3}(server|client): (server|socket) 'keylog'$/,
    reason: 'the lines come when our engine derives the keys, which is at once',
  },
  {
    scenario: /^tls: /,
    key: /'(newSession|resumeSession|OCSPRequest)' 1$|(SNICallback|checkServerIdentity option) callback 1$/,
    reason:
      'what is asked of the program amid a handshake and throws fails it with that error, as ALPNCallback and pskCallback do in Node; elsewhere Node leaves the connection open',
  },
  {
    scenario: /^tls: a client that the server does not trust$/,
    lines: /^[-+] {3}(client: (last )?socket '(end|finish|close)'.*|server: server 'keylog')$/,
    reason: "a connection that an alert ends is destroyed with that error; Node emits 'error', and reads its end",
  },
  {
    scenario: /^tls: a (handshake that takes too long|client that the server does not trust)$/,
    key: /^(client socket 'connect'|client socket 'connectionAttempt'|server server '(tlsClientError|connection)') 1$/,
    reason: 'a connection whose handshake fails closes though a listener has thrown; Node keeps it open',
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

/** That more stays open in Node is no line of its own. */
function differingLines(nodes: string, ours: string): string[] {
  return sideBySide(nodes, ours).filter(line => !line.startsWith(' ') && !line.startsWith('- left: '))
}
