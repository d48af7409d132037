// The stream of an upgraded connection whose request still has a body to receive: it can be written to at once, and reads
// the bytes that follow the body. Reading it resumes the body, since the bytes behind it cannot be reached otherwise.

import { Duplex } from 'node:stream'
import type { Socket } from '../../net/internal.ts'
import type { IncomingMessage } from './incoming-message.ts'

export class UpgradeStream extends Duplex {
  readonly #socket: Socket
  #request: IncomingMessage | null

  constructor(socket: Socket, request: IncomingMessage) {
    super({ allowHalfOpen: socket.allowHalfOpen })
    this.#socket = socket
    this.#request = request
    socket.on('error', (error: Error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    socket.on('end', () => this.#onSocketEnd())
    this.on('close', () => socket.destroy())
  }

  #onSocketEnd(): void {
    this.push(null)
    // 'end' is emitted even without a reader if nothing is buffered, as on a socket.
    if (this.readableLength === 0) this.resume()
  }

  /** The body has ended. @param head - the bytes that followed it in the same packet */
  onBodyEnd(head: Buffer): void {
    this.#request = null
    const socket = this.#socket
    if (head.length > 0 && !this.push(head)) socket.pause()
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause()
    })
  }

  override _read(): void {
    this.#request?.resume()
    this.#socket.resume()
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#socket.write(chunk as string, encoding, callback)
  }

  override _final(callback: () => void): void {
    this.#socket.end(callback)
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#socket.destroy(error as Error)
    callback(error)
  }
}
