// The states of a TCP connection, what each of them may do, and the events that lead from one to the next: RFC 9293 sections
// 3.3.2 and 3.10. LISTEN is not among them: a listening port is no connection (stack/tcp-layer.ts).
//
//                               closed
//                     open /            \ accept
//                         v              v
//                    syn-sent --syn--> syn-received
//                         \              /
//                  syn-ack \            / ack-of-syn
//                           v          v
//                            established
//                     close /            \ fin
//                          v              v
//                   fin-wait-1          close-wait
//        ack-of-fin /        \ fin            | close
//                  v          v               v
//           fin-wait-2      closing       last-ack
//                   \          /              | ack-of-fin
//                fin \        / ack-of-fin    v
//                     v      v              closed
//                     time-wait --delete--> closed
//
// 'delete' leads from every other state to closed as well. A FIN that acknowledges ours in fin-wait-1 is two events: section
// 3.10.7.4 looks at the acknowledgment first.

export type TcpState =
  | 'closed'
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'close-wait'
  | 'closing'
  | 'last-ack'
  | 'time-wait'

export type TcpEvent =
  /** The user's active OPEN. */
  | 'open'
  /** A SYN has arrived at a listening port: a passive OPEN. */
  | 'accept'
  /** The peer's SYN has arrived without, or with, an acknowledgment of ours. */
  | 'syn'
  | 'syn-ack'
  | 'ack-of-syn'
  /** The user's CLOSE: our FIN follows the data. */
  | 'close'
  /** The peer's FIN has arrived, and all data before it. */
  | 'fin'
  | 'ack-of-fin'
  /** The connection is deleted: the user's ABORT, a reset, or a time-out. */
  | 'delete'

export interface StateRules {
  readonly name: TcpState
  /** The handshake is under way: SYNs are retransmitted. */
  readonly isOpening: boolean
  /** The user's SEND call is served; while opening, its bytes wait. */
  readonly mayWrite: boolean
  /** Data or a FIN is transmitted, or retransmitted. */
  readonly maySend: boolean
  /** The user's RECEIVE call is served, and an idle peer is probed. */
  readonly isReceiving: boolean
  /** The peer has sent no FIN: its data is accepted. */
  readonly mayAcceptData: boolean
  /** The user's ABORT is a RST to the peer. */
  readonly mustResetOnAbort: boolean
  /** The event's next state; an event that is not there must not occur. */
  readonly on: Readonly<Partial<Record<TcpEvent, TcpState>>>
}

const no = {
  isOpening: false,
  mayWrite: false,
  maySend: false,
  isReceiving: false,
  mayAcceptData: false,
  mustResetOnAbort: false,
}

export const states: Readonly<Record<TcpState, StateRules>> = {
  closed: { ...no, name: 'closed', on: { open: 'syn-sent', accept: 'syn-received' } },
  'syn-sent': {
    ...no,
    name: 'syn-sent',
    isOpening: true,
    mayWrite: true,
    // The FIN waits for the handshake, as the data before it does; section 3.10.4 deletes the connection here.
    on: { syn: 'syn-received', 'syn-ack': 'established', close: 'syn-sent', delete: 'closed' },
  },
  'syn-received': {
    ...no,
    name: 'syn-received',
    isOpening: true,
    mayWrite: true,
    mustResetOnAbort: true,
    on: { 'ack-of-syn': 'established', close: 'syn-received', delete: 'closed' },
  },
  established: {
    ...no,
    name: 'established',
    mayWrite: true,
    maySend: true,
    isReceiving: true,
    mayAcceptData: true,
    mustResetOnAbort: true,
    on: { close: 'fin-wait-1', fin: 'close-wait', delete: 'closed' },
  },
  'fin-wait-1': {
    ...no,
    name: 'fin-wait-1',
    maySend: true,
    isReceiving: true,
    mayAcceptData: true,
    mustResetOnAbort: true,
    on: { 'ack-of-fin': 'fin-wait-2', fin: 'closing', delete: 'closed' },
  },
  'fin-wait-2': {
    ...no,
    name: 'fin-wait-2',
    isReceiving: true,
    mayAcceptData: true,
    mustResetOnAbort: true,
    on: { fin: 'time-wait', delete: 'closed' },
  },
  'close-wait': {
    ...no,
    name: 'close-wait',
    mayWrite: true,
    maySend: true,
    isReceiving: true,
    mustResetOnAbort: true,
    on: { close: 'last-ack', delete: 'closed' },
  },
  closing: {
    ...no,
    name: 'closing',
    maySend: true,
    mustResetOnAbort: true,
    on: { 'ack-of-fin': 'time-wait', delete: 'closed' },
  },
  'last-ack': {
    ...no,
    name: 'last-ack',
    maySend: true,
    mustResetOnAbort: true,
    on: { 'ack-of-fin': 'closed', delete: 'closed' },
  },
  'time-wait': { ...no, name: 'time-wait', on: { delete: 'closed' } },
}

export function isLegal(event: TcpEvent, { on }: StateRules): boolean {
  return on[event] !== undefined
}

/** @throws where the event must not occur: the caller's mistake, never the peer's */
export function nextState({ name, on }: StateRules, event: TcpEvent): StateRules {
  const next = on[event]
  if (next === undefined) throw new Error(`A TCP connection in state '${name}' has no event '${event}'`)
  return states[next]
}
