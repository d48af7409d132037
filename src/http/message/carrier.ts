// The interfaces through which messages use their connection. The server's and the client's connection classes implement
// them, and make the net.Socket that Node shows as `message.socket` on first access.

import type { Socket } from '../../net/internal.ts'

export type WriteDone = (error?: Error | null) => void

/** The connection as an incoming message sees it. */
export interface MessageCarrier {
  /** Made on first access. */
  readonly socket: Socket
  readonly hasSocket: boolean
  readonly isClosed: boolean
  readonly readableHighWaterMark: number
  /** The reader of the body requests more data. */
  resumeBody(): void
}

/** What an outgoing message writes to when its turn has come: the connection, or a stream that the program supplied. */
export interface MessageOutlet {
  /** Made on first access; or the stream that the program supplied. */
  readonly socket: Socket
  readonly isWritable: boolean
  readonly isDestroyed: boolean
  /** The error that destroyed it, if any. */
  readonly errored: Error | null
  readonly bufferedBytes: number
  readonly highWaterMark: number
  readonly corked: number
  /** A program may observe the writes: they must be divided as Node divides them. */
  readonly isWatched?: boolean
  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean
  cork(): void
  uncork(): void
  destroy(error?: Error | null): void
  /** All bytes of the message have been written to the outlet (ended), or have been flushed (finished). */
  onMessageEnded?(message: object): void
  onMessageFinished?(message: object): void
}
