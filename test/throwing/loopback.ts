// A connection of the runtime's own, whose round trips tell that loopback has brought all that was sent before.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export class Loopback {
  readonly #near: Socket
  readonly #far: Socket
  #arrived: (() => void) | undefined

  static async open(): Promise<Loopback> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const near = connect((server.address() as { port: number }).port, '127.0.0.1')
    const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [[Socket], unknown]
    server.close()
    return new Loopback(near, far)
  }

  private constructor(near: Socket, far: Socket) {
    this.#near = near
    this.#far = far
    far.on('data', data => far.write(data))
    near.on('data', () => this.#arrived?.())
  }

  /** One byte there and back, and a turn of the event loop. */
  async pass(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#arrived = resolve
      this.#near.write('.')
    })
    await new Promise(resolve => setImmediate(resolve))
  }

  /** Is this one of its own two sockets? */
  owns(handle: unknown): boolean {
    return handle === this.#near || handle === this.#far
  }

  close(): void {
    this.#near.destroy()
    this.#far.destroy()
  }
}
