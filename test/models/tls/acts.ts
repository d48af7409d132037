// What programs do with sockets of tls, and what befalls the connections beneath: the acts that the model draws.

import fc from 'fast-check'
import type { EndRef } from '../net/acts.ts'

/** What the server's functions are asked, and how they answer: told from the name or protocol that the client asks for. */
export type Name = 'plain' | 'later' | 'later-error' | 'error' | 'throws' | 'odd'
export type Protocols = 'none' | 'fits' | 'other' | 'throws' | 'odd'

export interface Cut {
  /** Whose bytes are counted. */
  readonly side: 'client' | 'server'
  /** Bytes of one side before the other one speaks are a flight. */
  readonly flight: 0 | 1
  /** Of that flight so many pass. */
  readonly bytes: number
  /** `silence`: the connection stays, and nothing passes any more. */
  readonly how: 'end' | 'reset' | 'silence'
}

/** When a program destroys a socket: in a listener of that event. */
export type DestroyIn = 'nowhere' | 'connect' | 'secure' | 'secureConnect' | 'secureConnection'

/** A client's connection, from its beginning to where the handshake leads. */
export interface Plan {
  readonly version: 'TLSv1.2' | 'TLSv1.3'
  /** Over a net.Socket of the program's own. */
  readonly isOver: boolean
  readonly trusts: boolean
  readonly name: Name
  readonly protocols: Protocols
  readonly hasCertificate: boolean
  /** Offers the session of an earlier connection. */
  readonly resumes: boolean
  readonly allowHalfOpen: boolean
  /** Written before the connection is there. */
  readonly early: number
  readonly cut: Cut | undefined
  readonly destroyIn: DestroyIn
}

export type TlsAct =
  | { readonly kind: 'connect'; readonly plan: Plan; readonly settles: boolean }
  | { readonly kind: 'write'; readonly end: EndRef; readonly size: number; readonly pieces: number }
  | { readonly kind: 'end' | 'destroySoon' | 'pause' | 'resume' | 'ref' | 'unref'; readonly end: EndRef }
  | { readonly kind: 'destroy'; readonly end: EndRef; readonly withError: boolean }
  /** Of the connection beneath: of the n-th client. */
  | { readonly kind: 'break'; readonly index: number; readonly how: 'end' | 'reset' | 'silence' }
  /** The program's oldest open question is answered. */
  | { readonly kind: 'answer' | 'close' | 'listen' | 'settle' }
  | { readonly kind: 'timeout'; readonly end: EndRef; readonly milliseconds: number }
  | { readonly kind: 'pass'; readonly milliseconds: number }

export interface TlsSetting {
  readonly allowHalfOpen: boolean
  readonly pauseOnConnect: boolean
  readonly asksForContext: boolean
  readonly alpn: 'none' | 'list' | 'callback'
  readonly wantsCertificate: boolean
  /** Somebody listens for 'connection', and sees the sockets beneath. */
  readonly watchesBelow: boolean
}

export const settings: fc.Arbitrary<TlsSetting> = fc.record({
  allowHalfOpen: fc.boolean(),
  pauseOnConnect: fc.boolean(),
  asksForContext: fc.boolean(),
  alpn: fc.constantFrom('none', 'list', 'callback'),
  wantsCertificate: fc.boolean(),
  watchesBelow: fc.boolean(),
})

const rarely = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

/** @param most - where a cut is at the most: in both of the first records of a flight, in time that is our own anywhere */
const cut = (most: number): fc.Arbitrary<Cut | undefined> =>
  fc.record({
    side: fc.constantFrom('client', 'server'),
    flight: fc.constantFrom(0, 1),
    bytes: most > 7 ? fc.nat(most) : fc.constantFrom(0, 3, 7),
    how: fc.constantFrom('end', 'reset', 'silence'),
  })

const plan = (most: number): fc.Arbitrary<Plan> =>
  fc.record({
    version: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
    isOver: fc.boolean(),
    trusts: rarely(true, fc.constant(false)),
    name: rarely<Name>('plain', fc.constantFrom('later', 'later-error', 'error', 'throws', 'odd')),
    protocols: rarely<Protocols>('fits', fc.constantFrom('none', 'other', 'throws', 'odd')),
    hasCertificate: rarely(true, fc.constant(false)),
    resumes: fc.boolean(),
    allowHalfOpen: fc.boolean(),
    early: rarely(0, fc.constant(100)),
    cut: rarely<Cut | undefined>(undefined, cut(most)),
    destroyIn: rarely<DestroyIn>('nowhere', fc.constantFrom('connect', 'secure', 'secureConnect', 'secureConnection')),
  })

const endRef = fc.record<EndRef>({ side: fc.constantFrom('client', 'server'), index: fc.nat(3) })
const simpleKinds = ['end', 'destroySoon', 'pause', 'resume', 'ref', 'unref'] as const

const timeless = (sizes: readonly number[], most: number): fc.WeightedArbitrary<TlsAct>[] => [
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('connect'), plan: plan(most), settles: rarely(true, fc.constant(false)) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      end: endRef,
      size: fc.constantFrom(...sizes),
      pieces: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 7, arbitrary: fc.record({ kind: fc.constantFrom(...simpleKinds), end: endRef }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('destroy'), end: endRef, withError: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('break'),
      index: fc.nat(3),
      how: fc.constantFrom('end', 'reset', 'silence'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close', 'listen') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('settle') }) },
]

/** The same on real sockets, of Node's module and of ours. */
export const timelessActs: fc.Arbitrary<TlsAct[]> = acts(timeless([1, 100, 500], 7), 15)

/**
 * A server of Node's that allows half-open sockets waits on where a handshake is ended, until its time for it has passed; ours fails
 * at once. What compares has no such end.
 */
export function withoutEarlyEnds(acts: readonly TlsAct[]): TlsAct[] {
  return acts.map(act => {
    if (act.kind !== 'connect') return act
    const { plan } = act
    const cut = plan.cut?.how === 'end' ? { ...plan.cut, how: 'reset' as const } : plan.cut
    return { ...act, settles: true, plan: { ...plan, cut, trusts: true, name: 'plain', destroyIn: 'nowhere' } }
  })
}

/** In virtual time. */
export const timedActs: fc.Arbitrary<TlsAct[]> = acts(
  [
    ...timeless([1, 100, 20_000], 3000),
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('timeout'),
        end: endRef,
        milliseconds: fc.constantFrom(0, 200, 500),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('pass'), milliseconds: fc.constantFrom(50, 300, 700) }),
    },
  ],
  25,
)

function acts(choices: fc.WeightedArbitrary<TlsAct>[], maxLength: number): fc.Arbitrary<TlsAct[]> {
  return fc.array(fc.oneof(...choices), { minLength: 1, maxLength, size: 'max' })
}
