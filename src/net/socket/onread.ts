// The `onread` option: data goes into one buffer of the user's and to a callback, not through the stream.
// Source: Node's documentation, `new net.Socket(options)`, `onread`.

export interface OnReadOptions {
  /** The buffer, or a function that gives one for each read. */
  buffer: Uint8Array | (() => Uint8Array)
  /** Called on the socket. @returns false to stop reading until `socket.resume()` */
  callback: (bytesRead: number, buffer: Uint8Array) => boolean
}

interface PausableSocket {
  isPaused(): boolean
}

export class UserBuffer {
  readonly #socket: PausableSocket
  readonly #callback: OnReadOptions['callback']
  readonly #next: (() => Uint8Array) | undefined
  #buffer: Uint8Array | undefined
  /** What came while reading was stopped by the callback: a chunk may be larger than the buffer. */
  #rest: Uint8Array | undefined = undefined

  private constructor({ buffer, callback }: OnReadOptions, socket: PausableSocket) {
    this.#socket = socket
    this.#callback = callback.bind(socket)
    this.#next = typeof buffer === 'function' ? buffer : undefined
    this.#buffer = typeof buffer === 'function' ? undefined : buffer
  }

  /** Undefined where the option is not complete: Node ignores it then. */
  static from(onread: unknown, socket: PausableSocket): UserBuffer | undefined {
    if (onread === null || typeof onread !== 'object') return undefined
    const { buffer, callback } = onread as Partial<OnReadOptions>
    const isBuffer = buffer instanceof Uint8Array || typeof buffer === 'function'
    return isBuffer && typeof callback === 'function' ? new UserBuffer(onread as OnReadOptions, socket) : undefined
  }

  /** @returns false: stop reading */
  receive(chunk: Uint8Array): boolean {
    let rest = chunk
    while (rest.length > 0) {
      // The first when it is needed, later ones after each read: as often as Node asks.
      this.#buffer ??= this.#next?.()
      const buffer = this.#buffer
      if (!(buffer instanceof Uint8Array) || buffer.length === 0) return true
      const size = Math.min(rest.length, buffer.length)
      buffer.set(rest.subarray(0, size))
      rest = rest.subarray(size)
      const wantsMore = this.#callback(size, buffer) !== false
      if (this.#next) this.#buffer = this.#next()
      // Stopped by the answer, or by `socket.pause()` from within.
      if (!wantsMore || this.#socket.isPaused()) {
        this.#rest = rest.length > 0 ? rest : undefined
        return false
      }
    }
    return true
  }

  /** Bytes wait for reading to go on. */
  get hasRest(): boolean {
    return this.#rest !== undefined
  }

  /** Hands on what was left when reading stopped. @returns false: stopped again */
  flush(): boolean {
    const rest = this.#rest
    this.#rest = undefined
    return rest === undefined || this.receive(rest)
  }
}
