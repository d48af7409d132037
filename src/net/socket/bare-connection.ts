// What a socket speaks over when there is nothing beneath its handle: the program has closed that, or has a `connect` of its own
// on it. As with a handle of Node's that has no open descriptor, what is written fails.

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

  /** Nobody is left who could be told: as in Node, that is no error. */
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
