// A Socket's bytes on their way out: from what a stream's `_write` is given to a Connection's `write`, and how many wait.

import type { Connection, TextEncoding, WriteDone } from '../../host/types.ts'

/** As streams hand on what they held back. */
export interface Waiting {
  readonly chunk: unknown
  readonly encoding: string
}

/** The socket, as far as counting its bytes sees it. */
interface WritingSocket {
  readonly _bytesDispatched: number
  readonly _pendingData: unknown
  readonly _pendingEncoding: string
}

/** @param encoding - as `_write` gives it: 'buffer' for bytes */
export function send(connection: Connection, data: Uint8Array | string, encoding: string, done?: WriteDone): void {
  if (typeof data !== 'string') connection.write(data, undefined, done)
  else {
    const wire = wireEncodings[encoding.toLowerCase()]
    if (wire) connection.write(data, wire, done)
    else connection.write(Buffer.from(data, encoding as BufferEncoding), undefined, done)
  }
}

/** Those that a connection writes straight from the string. */
const wireEncodings: Readonly<Record<string, TextEncoding | undefined>> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  latin1: 'latin1',
  binary: 'latin1',
  ascii: 'latin1',
}

/** With those that still wait in the stream, as in Node. Undefined on the prototype, which some libraries look at. */
export function writtenBytes(socket: WritingSocket): number | undefined {
  const { writableBuffer } = socket as unknown as { writableBuffer?: Waiting[] }
  if (writableBuffer === undefined) return undefined
  let bytes = socket._bytesDispatched
  for (const { chunk, encoding } of writableBuffer) bytes += byteLength(chunk, encoding)
  const pending = socket._pendingData
  if (Array.isArray(pending))
    for (const { chunk, encoding } of pending as Waiting[]) bytes += byteLength(chunk, encoding)
  else if (pending) bytes += byteLength(pending, socket._pendingEncoding)
  return bytes
}

function byteLength(chunk: unknown, encoding: string): number {
  return typeof chunk === 'string'
    ? Buffer.byteLength(chunk, encoding as BufferEncoding)
    : (chunk as Uint8Array).byteLength
}
