// The policy of a TLSSocket that acts as a server on its own, without a tls.Server that accepted it.

import { keyLogLine, type PolicySocket } from './policy.ts'
import { ServerPolicy } from './server-policy.ts'

export class SocketServerPolicy extends ServerPolicy {
  /** Set once the socket has been made. */
  socket: PolicySocket | undefined

  get wantsKeyLog(): boolean {
    return (this.socket?.listenerCount('keylog') ?? 0) > 0
  }

  protected secured(): void {
    this.socket?._finishInit()
  }

  refuse(error: Error): void {
    this.socket?.destroy(error)
  }

  onKeyLog(line: string): void {
    this.socket?.emit('keylog', keyLogLine(line))
  }
}
