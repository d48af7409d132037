// The connection of a socket whose handle has none: the program has closed it, or has put a `connect` of its own on the handle.
// As with one of Node's handles without an open descriptor, writes fail.

import { systemError } from '../../core/errors.ts'
import { silentSink } from '../../host/silent-sink.ts'
import type { Connection, ConnectionSink, Endpoint, Host, TextEncoding, WriteDone } from '../../host/types.ts'

export class BareConnection implements Connection {
  sink: ConnectionSink = silentSink
  readonly local: Endpoint | undefined
  readonly remote: Endpoint | undefined
  readonly bytesRead = 0
  bytesWritten = 0
  bufferedBytes = 0
  readonly #host: Host
  #isClosed = false

  /** @param before - what was known of the connection that is gone */
  constructor(host: Host, before?: Pick<Connection, 'local' | 'remote'>) {
    this.#host = host
    this.local = before?.local
    this.remote = before?.remote
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    const bytes = typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength
    this.bytesWritten += bytes
    this.bufferedBytes += bytes
    if (done) process.nextTick(done, systemError('EBADF', 'write'))
    return false
  }

  /** There is no peer to send FIN to: as in Node, that is not an error. */
  end(done?: WriteDone): void {
    if (done) process.nextTick(done)
  }

  destroy(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const closed = () => this.sink.onClose(false)
    if (this.#host.afterClosing) this.#host.afterClosing(closed)
    else this.#host.clock.setImmediate(closed)
  }

  reset(): void {
    this.destroy()
  }

  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}
