// The sink of a connection that has no owner yet, or none any more: it ignores all events.

import type { ConnectionSink } from './types.ts'

export const silentSink: ConnectionSink = {
  onConnect() {},
  onData() {},
  onEnd() {},
  onDrain() {},
  onError() {},
  onClose() {},
}
