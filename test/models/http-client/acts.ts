// What the program and the peers of an http client's model may do, in words that do not say which module asks: the same acts drive
// ours and Node's, in the clear and over TLS.

import fc from 'fast-check'

/**
 * How a request is sent: without a body, with all of it, or with its end held back until 'finish'; `guarded` destroys itself when
 * its socket connects, as one does whose program does not like the address.
 */
export type Sending = 'get' | 'whole' | 'held' | 'guarded'

/** What a peer says to the request that it has: `fin` names those behind which it closes its side. */
export type Saying =
  | 'continue'
  | 'information'
  | 'whole'
  | 'half'
  | 'rest'
  | 'whole-close'
  | 'whole-fin'
  | 'switching'
  | 'until-end'
  | 'garbage'
  | 'fin'
  | 'reset'

/** `which` counts round those there are. */
export type Act =
  | { readonly kind: 'ask'; readonly sending: Sending; readonly reads: boolean }
  | { readonly kind: 'finish' | 'read' | 'destroy-agent' }
  | { readonly kind: 'destroy'; readonly which: number; readonly withError: boolean }
  | { readonly kind: 'say'; readonly which: number; readonly what: Saying }
  | { readonly kind: 'disturb'; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number }

export interface Setting {
  readonly keepAlive: boolean
  readonly maxSockets: number
  readonly maxFreeSockets: number
  /** Milliseconds; 0: none. */
  readonly agentTimeout: number
  readonly requestTimeout: number
}

const which = fc.nat({ max: 3 })

const acts = [
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      sending: fc.constantFrom<Sending>('get', 'get', 'whole', 'held', 'guarded'),
      reads: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom<Act>({ kind: 'finish' }, { kind: 'read' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('destroy' as const), which, withError: fc.boolean() }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      which,
      what: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<Saying>('whole', 'whole', 'half', 'rest') },
        { weight: 2, arbitrary: fc.constantFrom<Saying>('continue', 'information', 'whole-close', 'whole-fin') },
        { weight: 1, arbitrary: fc.constantFrom<Saying>('until-end', 'garbage', 'fin', 'reset', 'switching') },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'destroy-agent' }) },
]

const disturbance = { weight: 1, arbitrary: fc.record({ kind: fc.constant('disturb' as const), which }) }
const passes = {
  weight: 4,
  arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(310, 710, 1510) }),
}

/** Bytes on an idle connection are in these: Node 20 takes no notice of them. */
export const timedActs = fc.array<Act>(fc.oneof(...acts, disturbance, passes), { minLength: 1, maxLength: 30 })
export const untimedActs = fc.array<Act>(fc.oneof(...acts), { minLength: 1, maxLength: 30 })

export const settings: fc.Arbitrary<Setting> = fc.record({
  keepAlive: fc.constantFrom(true, true, false),
  maxSockets: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
  maxFreeSockets: fc.constantFrom(1, 256),
  agentTimeout: fc.constantFrom(0, 1000),
  requestTimeout: fc.constantFrom(0, 600),
})

export const timelessSettings: fc.Arbitrary<Setting> = settings.map(setting => ({
  ...setting,
  agentTimeout: 0,
  requestTimeout: 0,
}))
