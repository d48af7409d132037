// Runs a parser over some bytes and writes down what it told, so that a test can compare whole conversations.

import { type HeadAnswer, Parser, type ParserOptions } from '../../../src/http/engine/parser.ts'
import type { Fields } from '../../../src/http/wire/fields.ts'

export interface Message {
  /** `GET /path 1.1` or `200 OK 1.1`. */
  start: string
  fields: string[]
  body: string
  trailers: string[]
  isComplete: boolean
}

export interface Transcript {
  messages: Message[]
  /** `NAME: reason`. */
  error: string | undefined
  /** Bytes that were not read: of another protocol. */
  rest: string
}

export interface TranscriptOptions extends ParserOptions {
  readonly role?: 'request' | 'response'
  readonly answer?: HeadAnswer
  /** Bytes given at a time. */
  readonly step?: number
  /** The peer closes behind the bytes. */
  readonly ends?: boolean
}

export function transcribe(text: string | Uint8Array, options: TranscriptOptions = {}): Transcript {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  const { role = 'request', step = Math.max(1, bytes.length) } = options
  const messages: Message[] = []
  const parser = new Parser(
    role,
    {
      onHead(parser) {
        const { method, statusCode, text, versionMajor, versionMinor, fields } = parser
        const start = `${role === 'request' ? `${method} ${text}` : `${statusCode} ${text}`} ${versionMajor}.${versionMinor}`
        messages.push({ start, fields: fields.toList(), body: '', trailers: [], isComplete: false })
        return options.answer ?? (parser.wantsUpgrade ? 'upgrade' : 'read')
      },
      onBody(chunk) {
        last(messages).body += Buffer.from(chunk).toString('latin1')
      },
      onMessageEnd(trailers: Fields | undefined) {
        last(messages).trailers = trailers?.toList() ?? []
        last(messages).isComplete = true
      },
    },
    options,
  )
  let read = 0
  while (read < bytes.length && parser.error === undefined && !parser.isUpgraded) {
    const piece = bytes.subarray(read, read + step)
    read += parser.receive(piece)
  }
  if (options.ends && parser.error === undefined) parser.finish()
  const { error } = parser
  return {
    messages,
    error: error && `${error.name}: ${error.reason}`,
    rest: parser.isUpgraded ? Buffer.from(bytes.subarray(read)).toString('latin1') : '',
  }
}

function last(messages: Message[]): Message {
  const message = messages.at(-1)
  if (message === undefined) throw new Error('an event before the first head')
  return message
}
