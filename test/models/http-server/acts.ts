// What the programs and the peers of the http server's model may do, in words that do not say which module serves: the same acts
// drive ours and Node's.

import fc from 'fast-check'

/** A piece of a peer's stream of bytes. */
export type MessageName =
  | 'now'
  | 'later'
  | 'stream'
  | 'patient'
  | 'throw'
  | 'body'
  | 'chunks'
  | 'close'
  | 'no-host'
  | 'no-host-body'
  | 'broken'
  | 'line-break'
  | 'upgrade'
  | 'connect'

const fields = 'HTTP/1.1\r\nHost: a\r\n'

/** Each has a request target of its own, by which the program knows what to do. */
const texts: Readonly<Record<MessageName, string>> = {
  now: `GET /now ${fields}\r\n`,
  later: `GET /later ${fields}\r\n`,
  stream: `GET /stream ${fields}\r\n`,
  patient: `GET /patient ${fields}\r\n`,
  throw: `GET /throw ${fields}\r\n`,
  body: `POST /now ${fields}Content-Length: 5\r\n\r\n01234`,
  chunks: `POST /later ${fields}Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\n\r\n`,
  close: `GET /now ${fields}Connection: close\r\n\r\n`,
  'no-host': 'GET /now HTTP/1.1\r\n\r\n',
  'no-host-body': 'POST /now HTTP/1.1\r\nContent-Length: 5\r\n\r\n01234',
  broken: '\0\0\0\0',
  'line-break': '\r\n',
  upgrade: `GET /upgrade ${fields}Connection: upgrade\r\nUpgrade: x\r\n\r\n`,
  connect: `CONNECT a:1 ${fields}\r\n`,
}

export interface Message {
  readonly name: MessageName
  readonly text: string
  readonly headLength: number
  received: number
}

export function message(name: MessageName): Message {
  const text = texts[name]
  const end = text.indexOf('\r\n\r\n')
  return { name, text, headLength: end < 0 ? text.length : end + 4, received: 0 }
}

/** `peer` counts round those there are. */
export type Act =
  | { readonly kind: 'connect' | 'answer' | 'write' | 'release' | 'close-idle' | 'close-all' | 'close' }
  | { readonly kind: 'send'; readonly peer: number; readonly names: readonly MessageName[]; readonly held: number }
  | { readonly kind: 'send-rest' | 'end' | 'leave' | 'reset'; readonly peer: number }
  | { readonly kind: 'pass'; readonly ms: number }

/** How the program answers 'clientError'. */
export type ErrorMode = 'no-listener' | 'answers' | 'throws'

export interface Setting {
  readonly errorMode: ErrorMode
  /** `server.timeout`. */
  readonly timeout: number
}

const peer = fc.nat({ max: 2 })
const names = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<MessageName>('now', 'later', 'body', 'chunks', 'stream') },
  { weight: 3, arbitrary: fc.constantFrom<MessageName>('patient', 'throw', 'close', 'line-break', 'broken') },
  { weight: 2, arbitrary: fc.constantFrom<MessageName>('no-host', 'no-host-body', 'upgrade', 'connect') },
)

const acts = [
  { weight: 4, arbitrary: fc.constant<Act>({ kind: 'connect' }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      peer,
      names: fc.oneof(
        { weight: 9, arbitrary: fc.array(names, { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.constant<MessageName[]>(['no-host-body', 'broken']) },
      ),
      held: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send-rest' as const), peer }) },
  { weight: 4, arbitrary: fc.constantFrom<Act>({ kind: 'answer' }, { kind: 'write' }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ kind: 'release' }, { kind: 'close-idle' }, { kind: 'close-all' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'close' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('end' as const, 'leave' as const, 'reset' as const), peer }),
  },
]

const passes = {
  weight: 4,
  arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(300, 900, 7100) }),
}

/** An answer that comes in pieces, each in time. */
const event = { weight: 3, arbitrary: fc.constant<Act[]>([{ kind: 'write' }, { kind: 'pass', ms: 900 }]) }
const timedAct = fc.oneof(...acts, passes).map((act): Act[] => [act])

export const timedActs: fc.Arbitrary<Act[]> = fc
  .array(fc.oneof({ weight: 30, arbitrary: timedAct }, event), { minLength: 1, maxLength: 25 })
  .map(parts => parts.flat())
export const untimedActs: fc.Arbitrary<Act[]> = fc.array(fc.oneof(...acts), { minLength: 1, maxLength: 25 })

export const settings: fc.Arbitrary<Setting> = fc.record({
  errorMode: fc.constantFrom<ErrorMode>('no-listener', 'answers', 'throws'),
  timeout: fc.constantFrom(0, 1700),
})
