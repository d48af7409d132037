// The sink of a connection that nobody has claimed.

import type { ConnectionSink } from './types.ts'

export const silentSink: ConnectionSink = {
  onConnect() {},
  onData() {},
  onEnd() {},
  onDrain() {},
  onError() {},
  onClose() {},
}
