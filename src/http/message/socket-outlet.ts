// Adapts a stream that a program assigns to a message (`assignSocket`, `message.socket = ...`) to an outlet.

import { Duplex } from 'node:stream'
import type { Connection } from '../../host/types.ts'
import type { Socket } from '../../net/internal.ts'
import type { MessageOutlet, WriteDone } from './carrier.ts'

/** On shown sockets: the connection behind them, as an outlet. */
export const kOutlet = Symbol('outlet')

export interface AssignableSocket {
  _httpMessage?: object | null
  [kOutlet]?: MessageOutlet
}

export class SocketOutlet implements MessageOutlet {
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
  }

  get isWritable(): boolean {
    return this.socket.writable
  }

  get isDestroyed(): boolean {
    return this.socket.destroyed
  }

  get errored(): Error | null {
    return this.socket.errored ?? null
  }

  get bufferedBytes(): number {
    return this.socket.writableLength
  }

  get highWaterMark(): number {
    return this.socket.writableHighWaterMark
  }

  get corked(): number {
    return this.socket.writableCorked
  }

  get isWatched(): boolean {
    return true
  }

  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean {
    return this.socket.write(data, encoding as BufferEncoding, done)
  }

  cork(): void {
    this.socket.cork()
  }

  uncork(): void {
    this.socket.uncork()
  }

  destroy(error?: Error | null): void {
    this.socket.destroy(error as Error)
  }
}

export function outletOf(socket: Socket): MessageOutlet {
  return (socket as unknown as AssignableSocket)[kOutlet] ?? new SocketOutlet(socket)
}

interface Beneath {
  readonly connection: Connection
  readonly outlet: MessageOutlet | undefined
}

const kBeneath = Symbol('beneath')
type ShownSocket = Socket & { [kBeneath]?: Beneath | null }

// Shared by all sockets: with its own pair of functions, each socket would get its own hidden class, and V8 would turn it
// into a dictionary.
const buffered = {
  writableLength: {
    get(this: ShownSocket): number {
      return ownCount(this, 'writableLength') + (this[kBeneath]?.connection.bufferedBytes ?? 0)
    },
    configurable: true,
  },
  writableCorked: {
    get(this: ShownSocket): number {
      return ownCount(this, 'writableCorked') + (this[kBeneath]?.outlet?.corked ?? 0)
    },
    configurable: true,
  },
}

function ownCount(socket: Socket, name: 'writableLength' | 'writableCorked'): number {
  return Number(Reflect.get(Duplex.prototype, name, socket))
}

/** While http writes to the connection directly, the socket's counters include what the connection buffers. */
export function showBuffered(socket: Socket, connection: Connection, outlet?: MessageOutlet): void {
  const shown: ShownSocket = socket
  const isFirst = shown[kBeneath] === undefined
  shown[kBeneath] = { connection, outlet }
  if (isFirst) Object.defineProperties(socket, buffered)
}

export function hideBuffered(socket: Socket): void {
  const shown: ShownSocket = socket
  if (shown[kBeneath]) shown[kBeneath] = null
}
