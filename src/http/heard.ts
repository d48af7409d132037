// Whether somebody listens to a server's event. Objects that borrow the server's listener may have but `on` and `emit`.

import { EventEmitter } from 'node:events'

export function isHeard(server: Partial<Pick<EventEmitter, 'listenerCount'>>, event: string): boolean {
  const { listenerCount = EventEmitter.prototype.listenerCount } = server
  return listenerCount.call(server as EventEmitter, event) > 0
}
