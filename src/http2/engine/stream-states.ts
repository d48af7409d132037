// The states of a stream and their transitions: RFC 9113 section 5.1, as a table. The table is the same for both roles:
// "send" is this endpoint, "receive" the peer.
//
//                    send PP  +--------+  recv PP
//                    ,--------+  idle  +--------.
//                   v         +---+----+         v
//            +----------+         | H      +----------+
//            | reserved |         v        | reserved |
//            | (local)  |     +--------+   | (remote) |
//            +----+-----+     |  open  |   +-----+----+
//                 | send H    +-+----+-+  recv H |
//                 v     recv ES |    | send ES   v
//           +-------------+     |    |     +-------------+
//           | half-closed |<----'    '---->| half-closed |
//           |  (remote)   |                |   (local)   |
//           +------+------+                +------+------+
//                  '------> closed <--------------'       (ES of the other side; R by either, from anywhere but idle)
//
// WINDOW_UPDATE, DATA, and a promise on its parent stream change no state; their columns say in which states they are allowed.

import type { StreamStateNumber } from './types.ts'

export const IDLE = 1
export const OPEN = 2
export const RESERVED_LOCAL = 3
export const RESERVED_REMOTE = 4
export const HALF_CLOSED_LOCAL = 5
export const HALF_CLOSED_REMOTE = 6
export const CLOSED = 7

// Events: the columns.
export const SEND_HEADERS = 0
export const SEND_DATA = 1
export const SEND_END = 2
export const SEND_RESET = 3
export const SEND_PROMISE = 4
export const RECEIVE_HEADERS = 5
export const RECEIVE_DATA = 6
export const RECEIVE_END = 7
export const RECEIVE_RESET = 8
export const RECEIVE_PROMISE = 9
export const RECEIVE_WINDOW_UPDATE = 10
export const eventCount = 11

export type StreamEvent = number

// Results that are not states.
/** Not allowed to us: the verb does nothing. */
export const REFUSED = -1
/** The frame is ignored: it was in flight when the stream closed. */
export const IGNORED = -2
/** The peer's errors, of the stream or of the connection. */
export const STREAM_CLOSED_STREAM = -3
export const STREAM_CLOSED_CONNECTION = -4
export const PROTOCOL_CONNECTION = -5

const no = REFUSED
const sc = STREAM_CLOSED_STREAM
const cc = STREAM_CLOSED_CONNECTION
const pe = PROTOCOL_CONNECTION

// biome-ignore format: a table
const table: readonly (readonly number[])[] = [
  [],
  //                      H                   DATA                ES                  R       PP              | H                  DATA                ES                  R        PP               WU
  /* idle            */ [ OPEN,               no,                 no,                 no,     RESERVED_LOCAL,   OPEN,              pe,                 pe,                 pe,      RESERVED_REMOTE, pe ],
  /* open            */ [ OPEN,               OPEN,               HALF_CLOSED_LOCAL,  CLOSED, no,               OPEN,              OPEN,               HALF_CLOSED_REMOTE, CLOSED,  OPEN,             OPEN ],
  /* reserved local  */ [ HALF_CLOSED_REMOTE, no,                 no,                 CLOSED, no,               pe,                pe,                 pe,                 CLOSED,  pe,              RESERVED_LOCAL ],
  /* reserved remote */ [ no,                 no,                 no,                 CLOSED, no,               HALF_CLOSED_LOCAL, pe,                 pe,                 CLOSED,  pe,              pe ],
  /* half c. local   */ [ no,                 no,                 no,                 CLOSED, no,               HALF_CLOSED_LOCAL, HALF_CLOSED_LOCAL,  CLOSED,             CLOSED,  HALF_CLOSED_LOCAL, HALF_CLOSED_LOCAL ],
  /* half c. remote  */ [ HALF_CLOSED_REMOTE, HALF_CLOSED_REMOTE, CLOSED,             CLOSED, no,               sc,                sc,                 sc,                 CLOSED,  pe,              HALF_CLOSED_REMOTE ],
  /* closed          */ [ no,                 no,                 no,                 no,     no,               cc,                sc,                 cc,                 IGNORED, pe,              IGNORED ],
]

/** The next state, or one of the negative results. */
export function transition(state: StreamStateNumber, event: StreamEvent): number {
  return (table[state] as readonly number[])[event] as number
}
