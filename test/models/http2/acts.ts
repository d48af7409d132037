// What the programs at both ends of HTTP/2 sessions, and the network between them, may do: in words that do not say which module
// does it, so that the same acts drive ours and Node's.

import fc from 'fast-check'

export type Side = 'client' | 'server'

/** Of a request or response: none, all of it at once, or what comes later is the affair of 'write' and 'end'. */
export type Body = 'none' | 'whole' | 'open'

/** `which` counts round the streams, or sessions, that can do it. */
export type Act =
  | { readonly kind: 'request'; readonly which: number; readonly body: Body; readonly trailers: boolean }
  | { readonly kind: 'respond'; readonly which: number; readonly body: Body; readonly trailers: boolean }
  | { readonly kind: 'inform'; readonly which: number; readonly status: number }
  | { readonly kind: 'push'; readonly which: number; readonly reads: boolean }
  | { readonly kind: 'write'; readonly which: number; readonly size: number }
  | { readonly kind: 'end' | 'read' | 'pause' | 'ping' | 'settings' | 'leave'; readonly which: number }
  | { readonly kind: 'close'; readonly which: number; readonly code: number }
  | { readonly kind: 'destroy' | 'destroySession'; readonly which: number; readonly withError: boolean }
  | { readonly kind: 'goaway'; readonly which: number; readonly code: number }
  | { readonly kind: 'timeout'; readonly which: number; readonly of: 'stream' | 'session' }

/** What one side does within one turn, and what the network or the time does. */
export type Step =
  | { readonly kind: 'acts'; readonly side: Side; readonly acts: readonly Act[] }
  | { readonly kind: 'connect' }
  | { readonly kind: 'fin'; readonly side: Side; readonly which: number }
  | { readonly kind: 'reset'; readonly which: number }
  | { readonly kind: 'closeServer' }
  | { readonly kind: 'pass'; readonly ms: number }

export interface Setting {
  /** How many bytes of what a peer sends come at once; 0: as it was sent. */
  readonly piece: number
  /** A listener for this event throws, each time. */
  readonly throwing: 'ping' | 'remoteSettings' | undefined
  /** Whether each end reads from the beginning. */
  readonly clientReads: boolean
  readonly serverReads: boolean
}

export const settings: fc.Arbitrary<Setting> = fc.record({
  piece: fc.constantFrom(0, 0, 0, 1, 7, 100),
  throwing: fc.constantFrom<Setting['throwing'][]>(undefined, undefined, 'ping', 'remoteSettings'),
  clientReads: fc.constantFrom(true, true, false),
  serverReads: fc.constantFrom(true, true, false),
})

const which = fc.nat({ max: 5 })
const body = fc.constantFrom<Body[]>('none', 'whole', 'open', 'open')
const trailers = fc.constantFrom(false, false, true)
const withError = fc.boolean()
const kinds = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names)

/** NO_ERROR, INTERNAL_ERROR, CANCEL, REFUSED_STREAM. */
const code = fc.constantFrom(0, 2, 8, 7)

const ofBoth = [
  { weight: 4, arbitrary: fc.record({ kind: kinds('write'), which, size: fc.constantFrom(1, 500, 20_000, 100_000) }) },
  { weight: 6, arbitrary: fc.record({ kind: kinds('end', 'end', 'read', 'pause'), which }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds('close'), which, code }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('destroy'), which, withError }) },
  { weight: 3, arbitrary: fc.record({ kind: kinds('ping', 'settings'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('leave'), which }) },
  { weight: 0.3, arbitrary: fc.record({ kind: kinds('destroySession'), which, withError }) },
].map(one => ({ ...one, weight: one.weight * 10 }))

const ofClient = [...ofBoth, { weight: 80, arbitrary: fc.record({ kind: kinds('request'), which, body, trailers }) }]

const ofServer = [
  ...ofBoth,
  { weight: 80, arbitrary: fc.record({ kind: kinds('respond'), which, body, trailers }) },
  { weight: 15, arbitrary: fc.record({ kind: kinds('inform'), which, status: fc.constantFrom(100, 103) }) },
  { weight: 15, arbitrary: fc.record({ kind: kinds('push'), which, reads: fc.boolean() }) },
]

/** Whoever is told to go ends its half; Node's that told it does not end the other. */
const goaway = {
  weight: 3,
  arbitrary: fc.record({ kind: kinds('goaway'), which, code: fc.constantFrom(0, 2) }),
}

const timeout = {
  weight: 30,
  arbitrary: fc.record({ kind: kinds('timeout'), which, of: kinds('stream', 'session') }),
}

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Act> }[]

const together = (side: Side, acts: Weighted) =>
  fc.record({
    kind: kinds('acts'),
    side: fc.constant(side),
    acts: fc.array(fc.oneof(...acts), { minLength: 1, maxLength: 3 }),
  })

const steps = (more: Weighted): { weight: number; arbitrary: fc.Arbitrary<Step> }[] => [
  { weight: 50, arbitrary: together('client', [...ofClient, ...more] as Weighted) },
  { weight: 60, arbitrary: together('server', [...ofServer, ...more] as Weighted) },
  { weight: 5, arbitrary: fc.constant<Step>({ kind: 'connect' }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('fin'), side: kinds<Side>('client', 'server'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('reset'), which }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'closeServer' }) },
]

const passing = {
  weight: 20,
  arbitrary: fc.record({ kind: kinds('pass'), ms: fc.constantFrom(310, 710, 1510, 12_000) }),
}

export const timelessSteps = fc.array<Step>(fc.oneof(...steps([])), { minLength: 1, maxLength: 25 })
export const timedSteps = fc.array<Step>(fc.oneof(...steps([goaway, timeout]), passing), {
  minLength: 1,
  maxLength: 25,
})
