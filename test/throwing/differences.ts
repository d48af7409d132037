// Where ours is right to differ from Node's.

import type { Finding } from './compare.ts'
import type { Heard, Line, Outcome } from './scene.ts'
import { sideBySide } from './side-by-side.ts'

interface Difference {
  readonly scenario: RegExp
  readonly reason: string
  /** Of the cells that differ; without it, all of the scenario. */
  readonly key?: RegExp
  /** Of the lines that are ours alone, or Node's alone: all of them have to match one that is listed. Without it, any. */
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
    scenario: /^http server: a request read by readable$/,
    lines: /^- {3}server: request \S+ 'readable'$/,
    reason:
      "a body that comes with its end is heard by 'readable' once; in Node twice, the second time with nothing to read",
  },
  {
    scenario: /^https server: /,
    key: /^server upgraded socket 'finish' 1$/,
    reason:
      "a connection that is over in both directions closes, though its 'finish' listener has thrown; Node keeps it",
  },
  {
    scenario: /^https? client: /,
    lines: /^(- {3}client: socket 'finish'|\+ {3}client: socket 'end')$/,
    reason:
      'an idle socket whose server has ended is destroyed at once; Node ends its own side first, and from 24 on says no end',
  },
  {
    scenario: /^https? client: /,
    key: /^client socket 'connect' 1$/,
    reason:
      "a request that a 'connect' listener's exception keeps back is told so by its callbacks when its agent is destroyed",
  },
  {
    scenario: /^http2 stream: a stream that the server refuses$/,
    lines:
      /^(- {3}client: two '(error' Error:ERR_HTTP2_STREAM_ERROR|close')|\+ {3}(client: two '(end|close)'|server: (server|session 1) 'stream' 5|server: stream \/two '(aborted|close)'))$/,
    reason: 'a stream that was reset has made room for the next at once; from Node 24 on its library refuses that',
  },
  {
    scenario: /^http2 stream: a stream that the server refuses$/,
    key: /^server server 'stream' 2$/,
    reason: 'where the next one after a reset is served, the second that throws is another one',
  },
  {
    scenario: /^http2 stream: pushes$/,
    lines: /^- {3}client: push of \/pushed '(push' 4|data': pushed body)$/,
    reason: 'a push that was refused is not heard any more; on Node 26 it is where an exception has come between',
  },
  {
    scenario: /^http2 session: destroyed before it is connected$/,
    lines:
      /^[-+] {3}(client: session 'connect'|server: (server '(connection|session)'|session [12] '(connect'|remoteSettings'|localSettings'|stream' 5|goaway' 0 0|close'))|process: uncaught the exception)$/,
    reason: 'a session that is destroyed before it is connected gives its connection up; Node connects, then ends it',
  },
  {
    scenario: /^http2 session: a client that closes as it asks$/,
    lines:
      /^[-+] {3}(client: (one '(response' 4|data': echo |end'|error' Error:ERR_HTTP2_STREAM_ERROR)|session '(goaway' 0 [01]|close')|close\(\) callback)|server: ((server|session 1) 'stream' 5|stream \/one '(end|close)'|session 1 '(goaway' 0 0|close')|close\(\) callback|server 'close'))$/,
    reason:
      'a request that was made before close() is sent before its GOAWAY; Node sends it behind, and refuses it itself',
  },
  {
    scenario: /^http2 session: a client that closes as it asks$/,
    key: /^server server 'stream' 1$/,
    reason: 'where the first request of a session that closes is sent, the first that throws is another one',
  },
  {
    scenario: /^http2 session: pings$/,
    lines: /^\+ {3}(client: settings\(\) callback Error:ERR_HTTP2_SETTINGS_CANCEL|server: session 1 'ping')$/,
    reason:
      'a session that is destroyed sends what it was told to before, and tells the callbacks of settings() as Node documents',
  },
  {
    scenario: /^http2 session: a server that goes away$/,
    lines:
      /^[-+] ( {2}(client: session 'close'|server: (session 1 '(goaway' 0 0|close')|close\(\) callback|server 'close'))|the (server closes|sessions close):)$/,
    reason:
      "a session to which its server has said GOAWAY by itself ends with its last stream; Node's when the server closes, or not",
  },
  {
    scenario: /^http2 over TLS session: a session destroyed by the client$/,
    lines:
      /^[-+] {3}(client: one '(finish|end|error'.*)'?|server: (stream \S+ '(finish|end|close|error'.*)'?|(server 'sessionError'|session 1 'error') Error:ERR_HTTP2_SESSION_ERROR|session 1 '(goaway' 2 0|close'))|process: uncaught (the exception|Error:ERR_HTTP2_STREAM_ERROR))$/,
    reason:
      "GOAWAY tells the peer of the session's error; over TLS Node's connection ends before that arrives, or behind",
  },
  {
    scenario: /^http2/,
    key: /^client (last )?session 'connect' 1$/,
    lines:
      /^\+ {3}(client: (close\(\) callback|(last request|one) '(error' Error:ERR_HTTP2_STREAM_CANCEL|close')|(last )?session '(goaway' 0 0|close'))|server: (close\(\) callback|server 'close'|session \d '(goaway' 0 0|close')))$/,
    reason:
      "a request that a 'connect' listener's exception keeps back fails when its session closes; Node keeps both for ever",
  },
  {
    scenario: /^http2/,
    key: /^(client (one|two|three) '(aborted|end)'|client session '(stream|goaway)'|server (session 1 'goaway'|request \/one 'aborted'|stream \/\S+ '(aborted|end)')) \d$/,
    lines:
      /^[-+] ( {2}(client: (session '(close'|goaway' 0 \d)|(one|two|three) '(end'|close'|error' Error:ERR_HTTP2_STREAM_ERROR))|server: (close\(\) callback|server 'close'|session 1 '(close'|goaway' 0 0)|(request|response to) \/one '(finish|close)'|stream \/\S+ '(end'|close'|error' Error:ERR_HTTP2_STREAM_ERROR)))|the sessions close:)$/,
    reason: 'a connection whose session has closed ends, though an exception has left a stream open; Node keeps it',
  },
  {
    scenario: /^http2/,
    key: /^server server 'session' \d$/,
    lines: /^\+ {3}server: server '(connection|secureConnection)'$/,
    reason: "a connection is told of though a 'session' listener has thrown, which in Node is called from that event",
  },
  {
    scenario: /^http2 stream: pushes$/,
    lines: /^[-+] {3}server: stream \/(one|two) '(end|close)'$/,
    reason: "of a request that nobody reads 'finish' is heard before 'end' where pushes keep its stream open",
  },
  {
    scenario: /^http2 stream: headers that are too long$/,
    lines: /^[-+] {3}client: one '(finish'|frameError' 1 6( 1)?)$/,
    reason: 'a request that cannot be sent has no id, which Node takes for it',
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

/** What ours lets be heard and Node does not, exception or not. */
const oursAlone: readonly OursAlone[] = [
  {
    scenario: /^http2/,
    line: /^(stream )?\/\S+ 'finish'$/,
    reason:
      "a server's stream whose last bytes have left hears 'finish', though its request was read to the end before",
  },
  {
    scenario: /^http2 (stream: backpressure|compat: responses that wait for their reader)$/,
    line: /^session( 1)? 'ping'$/,
    reason: 'who receives much measures the round trip by PING, and opens its window by it',
  },
]

interface OursAlone {
  readonly scenario: RegExp
  readonly line: RegExp
  readonly reason: string
}

/** An outcome of ours as it would be in Node: what is listed is taken out where Node has none. */
export function withoutOursAlone(scenario: string, our: Outcome, nodePlain: Outcome): Outcome {
  const known = oursAlone.filter(known => known.scenario.test(scenario))
  if (known.length === 0) return our
  const steps: Record<string, Heard> = {}
  for (const [step, heard] of Object.entries(our.steps)) {
    const kept = (end: keyof Heard): Line[] => {
      const nodeLines = (nodePlain.steps[step]?.[end] ?? []).map(line => line.join(' '))
      return heard[end].filter(line => {
        const text = line.join(' ')
        return nodeLines.includes(text) || !known.some(({ line }) => line.test(text))
      })
    }
    steps[step] = { client: kept('client'), server: kept('server'), process: heard.process }
  }
  return { ...our, steps }
}

/** Each line that differs has its reason. */
export function isKnownDifference({ scenario, cell, nodes, ours }: Finding): boolean {
  const ofCell = differences.filter(
    known => known.scenario.test(scenario) && (known.key === undefined || known.key.test(cell?.key ?? '')),
  )
  if (ofCell.some(({ lines }) => lines === undefined)) return true
  const lines = differingLines(nodes, ours)
  return lines.length > 0 && lines.every(line => ofCell.some(known => known.lines?.test(line)))
}

/** That more stays open in Node is no line of its own. */
function differingLines(nodes: string, ours: string): string[] {
  const differing = sideBySide(nodes, ours).filter(line => !line.startsWith(' '))
  const left = (side: string) => differing.find(line => line.startsWith(`${side} left: `))?.split(',').length ?? 0
  return differing.filter(line => !/^[-+] left: /.test(line) || left('+') > left('-'))
}
