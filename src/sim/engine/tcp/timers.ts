// All deadlines of a TCP connection. Time comes as an argument: the owner of the connection reads `deadline` after each call
// on it, and calls its `expire` then.

import type { Nanoseconds } from '../../types.ts'
import { tcpLimits } from './tcp-limits.ts'

export const NEVER: Nanoseconds = Number.POSITIVE_INFINITY

export class TcpTimers {
  /** RFC 6298: the oldest unacknowledged segment is retransmitted. */
  retransmitAt: Nanoseconds = NEVER
  /** RFC 1122 section 4.2.3.2: the acknowledgment that was delayed is sent. */
  delayedAckAt: Nanoseconds = NEVER
  /** RFC 9293 section 3.8.6.1: the peer's closed window is probed. */
  persistAt: Nanoseconds = NEVER
  /** RFC 1122 section 4.2.3.6: an idle peer is probed. */
  keepAliveAt: Nanoseconds = NEVER
  /** The connection is deleted: after TIME-WAIT, or in FIN-WAIT-2 after its user has abandoned it. */
  deleteAt: Nanoseconds = NEVER

  get deadline(): Nanoseconds {
    return Math.min(this.retransmitAt, this.delayedAckAt, this.persistAt, this.keepAliveAt, this.deleteAt)
  }

  /** Whether the deadline may bring progress: a keep-alive probe or a deletion does not. */
  get isAwaited(): boolean {
    return Math.min(this.retransmitAt, this.delayedAckAt, this.persistAt) !== NEVER
  }

  enterTimeWait(now: Nanoseconds): void {
    this.retransmitAt = NEVER
    this.keepAliveAt = NEVER
    this.deleteAt = now + tcpLimits.timeWait
  }

  stop(): void {
    this.retransmitAt = this.delayedAckAt = this.persistAt = this.keepAliveAt = this.deleteAt = NEVER
  }
}
