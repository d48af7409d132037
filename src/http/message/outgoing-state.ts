// The internal state of an outgoing message, which programs do not see.

import type { Clock } from '../../host/types.ts'
import type { MessageOutlet, WriteDone } from './carrier.ts'
import type { OutgoingFields } from './outgoing-fields.ts'

/** The key of that state, which Node keeps behind several symbols. */
export const kState = Symbol('state')

export type Chunk = string | Uint8Array
export type Encoding = BufferEncoding | null | undefined

export interface Output {
  data: Chunk
  encoding: Encoding
  callback: WriteDone | null | undefined
}

/** A piece of a chunk that is being collected while corked. */
export type Piece = [data: Chunk, encoding: Encoding, callback: WriteDone]

export interface OutgoingOptions {
  readonly highWaterMark?: number | undefined
  readonly rejectNonStandardBodyWrites?: boolean | undefined
}

export const nothing = (): void => {}
export const noPieces: readonly Piece[] = []
/** Shared by all messages without queued output, which is most of them. */
export const noOutput: Output[] = []
const defaultHighWaterMark = 64 * 1024

/** One object with named fields: with more than a dozen symbol keys, V8 would turn every message into a dictionary. */
export class OutgoingState {
  /** Where the message is written; null until its turn. */
  outlet: MessageOutlet | null = null
  fields: OutgoingFields | null = null
  unique: ReadonlySet<string> | null = null
  clock: Clock | undefined = undefined
  isRelaxed = false
  needDrain = false
  /** The head contains characters beyond ASCII. */
  isHeadLatin = false
  highWaterMark: number
  errored: Error | null | undefined = null
  corked = 0
  /** The chunk that is being collected while corked. */
  chunks: Piece[] | readonly Piece[] = noPieces
  chunkBytes = 0
  bodyBytes = 0
  isFinished = false
  endCallbacks: WriteDone[] | null = null
  flushError: Error | null = null
  readonly rejectsBody: boolean

  constructor(options: OutgoingOptions | undefined) {
    this.highWaterMark = options?.highWaterMark ?? defaultHighWaterMark
    this.rejectsBody = options?.rejectNonStandardBodyWrites ?? false
  }
}
