// What a program and its peer do with sockets of net: the acts that the model draws.

import fc from 'fast-check'

export interface EndRef {
  readonly side: 'client' | 'server'
  /** Among the sockets of that side so far, from the first; taken modulo their number. */
  readonly index: number
}

export type NetAct =
  | { readonly kind: 'connect'; readonly allowHalfOpen: boolean; readonly byName: boolean; readonly families: 1 | 2 }
  | { readonly kind: 'write'; readonly end: EndRef; readonly size: number; readonly pieces: number }
  | { readonly kind: 'end' | 'destroySoon' | 'reset' | 'pause' | 'resume' | 'ref' | 'unref'; readonly end: EndRef }
  | { readonly kind: 'destroy'; readonly end: EndRef; readonly withError: boolean }
  | { readonly kind: 'destroyConnecting'; readonly moment: Moment; readonly withError: boolean }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'limit'; readonly most: number | undefined }
  | { readonly kind: 'close' | 'listen' | 'settle' }
  | { readonly kind: 'timeout'; readonly end: EndRef; readonly milliseconds: number }
  | { readonly kind: 'pass'; readonly milliseconds: number }

/** When a socket on its way is destroyed. */
export type Moment = 'before' | 'at once' | 'tick' | 'lookup' | 'connect' | 'failure'

const endRef = fc.record<EndRef>({ side: fc.constantFrom('client', 'server'), index: fc.nat(3) })
const simpleKinds = ['end', 'destroySoon', 'reset', 'pause', 'resume', 'ref', 'unref'] as const

const connect = fc.record({
  kind: fc.constant('connect' as const),
  allowHalfOpen: fc.boolean(),
  byName: fc.boolean(),
  families: fc.constantFrom(1 as const, 2 as const),
})

const timeless = (sizes: readonly number[]) => [
  { weight: 4, arbitrary: connect },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      end: endRef,
      size: fc.constantFrom(...sizes),
      pieces: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 7, arbitrary: fc.record({ kind: fc.constantFrom(...simpleKinds), end: endRef }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('destroy' as const), end: endRef, withError: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), most: fc.constantFrom(undefined, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'listen' as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
]

/**
 * Acts that need no time: the same on real sockets, of Node's module and of ours. All that is written stays below a high-water mark: the
 * runtime's socket beneath ours reads on for one more chunk when ours is full, and may notice a reset that node:net notices later.
 */
export const timelessActs: fc.Arbitrary<NetAct[]> = acts([
  ...timeless([1, 100, 500]),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('destroyConnecting' as const),
      moment: fc.constantFrom<Moment>('before', 'at once', 'tick', 'lookup', 'connect', 'failure'),
      withError: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const) }) },
])

/** Acts in virtual time. */
export const timedActs: fc.Arbitrary<NetAct[]> = acts([
  ...timeless([1, 100, 20_000]),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('timeout' as const),
      end: endRef,
      milliseconds: fc.constantFrom(0, 200, 500),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.constantFrom(50, 300, 700) }),
  },
])

function acts(choices: readonly fc.WeightedArbitrary<unknown>[]): fc.Arbitrary<NetAct[]> {
  const one = fc.oneof(...choices) as fc.Arbitrary<NetAct>
  return fc.array(one, { minLength: 1, maxLength: 30, size: 'max' })
}
