// What a message knows of the connection it came or goes over. A server's and a client's connection are carriers; the
// net.Socket that Node shows as `message.socket` is made by them when somebody looks at it.

import type { Socket } from '../../net/internal.ts'

export type WriteDone = (error?: Error | null) => void

/** Seen from an incoming message. */
export interface MessageCarrier {
  /** Made on first touch. */
  readonly socket: Socket
  readonly hasSocket: boolean
  readonly isClosed: boolean
  readonly readableHighWaterMark: number
  /** The reader of a body wants more of it. */
  resumeBody(): void
}

/** Seen from an outgoing message: the connection, or a user's own stream, when it is this message's turn. */
export interface MessageOutlet {
  /** Made on first touch; a stream that is no socket, as it was given. */
  readonly socket: Socket
  readonly isWritable: boolean
  readonly isDestroyed: boolean
  /** What went wrong with it, if anything. */
  readonly errored: Error | null
  readonly bufferedBytes: number
  readonly highWaterMark: number
  readonly corked: number
  /** A program may count what is written: it goes out in the pieces that Node writes. */
  readonly isWatched?: boolean
  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean
  cork(): void
  uncork(): void
  destroy(error?: Error | null): void
  /** The message's bytes have all been handed over, or have all left. */
  onMessageEnded?(message: object): void
  onMessageFinished?(message: object): void
}
