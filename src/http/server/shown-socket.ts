// The listeners and marks that Node's http server leaves on the socket of a connection: programs count listeners, and look at
// `_httpMessage` and `parser`.

import { EventEmitter } from 'node:events'
import type { Socket } from '../../net/internal.ts'
import { socketEncoding } from '../errors.ts'
import type { AssignableSocket } from '../message/socket-outlet.ts'

/** What a connection wants to hear of the socket that shows it. */
export interface SocketHandlers {
  readonly data: (chunk: Uint8Array | string) => void
  readonly error: (error: Error) => void
  readonly timeout: () => void
  readonly pause: () => void
  readonly resume: () => void
  readonly close: () => void
}

const nothing = (): void => {}
const whileAnswering = (): void => {}

export class SocketListeners {
  readonly #socket: Socket
  readonly #handlers: SocketHandlers

  constructor(socket: Socket, handlers: SocketHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    socket.on('error', handlers.error)
    socket.on('timeout', handlers.timeout)
    Object.defineProperty(socket, 'setEncoding', { value: refuseEncoding, configurable: true, writable: true })
  }

  /** The connection is read and written past the socket: nobody else has listeners for the rest. */
  listenPast(): void {
    const { data, pause, resume, close } = this.#handlers
    // Not through the stream's own `on`, which starts the reading.
    EventEmitter.prototype.on.call(this.#socket, 'data', data)
    this.#socket.on('end', nothing).on('drain', nothing)
    this.#socket.on('close', close).on('pause', pause).on('resume', resume)
  }

  /** All bytes go through the socket from now on, whose events somebody else listens to; 'data' keeps its place in the order. */
  changeOver(): void {
    const { pause, resume, close } = this.#handlers
    this.#socket.off('end', nothing).off('drain', nothing)
    this.#socket.off('close', close).off('pause', pause).off('resume', resume)
  }

  /** Errors are nobody's business any more. */
  ignoreErrors(): void {
    this.#socket.off('error', this.#handlers.error)
    if (this.#socket.listenerCount('error') === 0) this.#socket.on('error', nothing)
  }

  /** The socket is the program's own. */
  leave(): void {
    this.changeOver()
    const { data, error, timeout } = this.#handlers
    this.#socket.off('data', data).off('error', error).off('timeout', timeout)
    this.#socket.off('close', whileAnswering)
  }
}

/** @param response - whose turn it is; null: nobody's */
export function showAnswer(socket: Socket & AssignableSocket, response: object | null): void {
  socket._httpMessage = response
  // Node's answers listen for the end of their socket.
  if (response === null) socket.off('close', whileAnswering)
  else socket.on('close', whileAnswering)
}

function refuseEncoding(): never {
  throw socketEncoding()
}
