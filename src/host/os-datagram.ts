// A UDP port over one of the runtime's own datagram sockets.

import { featureUnavailable } from '../core/errors.ts'
import type { BindTarget, DatagramPort, DatagramSink } from './types.ts'

export function bindOsDatagramPort(_target: BindTarget, _sink: DatagramSink): DatagramPort {
  throw featureUnavailable('dgram', 'os')
}
