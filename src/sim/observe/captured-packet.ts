// A packet of a capture.

import type { Nic } from '../topology/nic.ts'
import type { Frame, Nanoseconds } from '../types.ts'

export interface CapturedPacket {
  readonly at: Nanoseconds
  readonly nic: Nic
  readonly direction: 'out' | 'in'
  readonly frame: Frame
  /** Sent, and lost or dropped on its way. */
  isLost: boolean
}
