// Whether a server's event has a listener. Objects that borrow the server's listener may only have `on` and `emit`.

import { EventEmitter } from 'node:events'

export function hasListener(server: Partial<Pick<EventEmitter, 'listenerCount'>>, event: string): boolean {
  const { listenerCount = EventEmitter.prototype.listenerCount } = server
  return listenerCount.call(server as EventEmitter, event) > 0
}
