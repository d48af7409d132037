// One end of a stream or of a session, and what it heard. What may follow what is judged here, whatever the acts.

import type { EventEmitter } from 'node:events'
import type { Http2Session, Http2Stream } from 'node:http2'
import type { Side } from './acts.ts'

export class Ear {
  readonly name: string
  readonly log: string[] = []
  readonly faults: string[] = []
  readonly #heard: () => void

  constructor(name: string, heard: () => void) {
    this.name = name
    this.#heard = heard
  }

  has(event: string): boolean {
    return this.count(event) > 0
  }

  count(event: string): number {
    return this.log.filter(one => nameOf(one) === event).length
  }

  get isClosed(): boolean {
    return this.has('close')
  }

  hear(entry: string): void {
    this.#heard()
    const event = nameOf(entry)
    if (this.isClosed) this.faults.push(`'${entry}' behind 'close'`)
    if (once.has(event) && this.has(event)) this.faults.push(`'${entry}' again`)
    for (const other of after[event] ?? []) if (this.has(other)) this.faults.push(`'${entry}' behind '${other}'`)
    if (entry !== 'data' || this.log.at(-1) !== 'data') this.log.push(entry)
  }

  listen(emitter: EventEmitter, events: readonly string[]): void {
    for (const event of events) emitter.on(event, () => this.hear(event))
    emitter.on('error', (error: NodeJS.ErrnoException) => this.hear(`error ${error.code}`))
  }
}

export class StreamEnd extends Ear {
  readonly stream: Http2Stream
  readonly side: Side
  received = 0
  #hasReader = false

  constructor(name: string, side: Side, stream: Http2Stream, heard: () => void) {
    super(name, heard)
    this.stream = stream
    this.side = side
    this.listen(stream, ['end', 'aborted', 'timeout', 'frameError'])
    stream.on('close', () => this.hear(`close ${stream.rstCode}`))
    stream.on('trailers', () => this.#hearPart('trailers'))
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': '1' }))
    if (side === 'server') return
    for (const event of ['response', 'push', 'headers']) {
      stream.on(event, headers => this.#hearPart(`${event} ${headers[':status']}`))
    }
    stream.on('continue', () => this.hear('continue'))
  }

  #hearPart(entry: string): void {
    const isHead = /^(response|push)/.test(entry)
    if (isHead && this.received > 0) this.faults.push(`'${entry}' behind 'data'`)
    this.hear(entry)
  }

  read(): void {
    if (this.#hasReader) {
      this.stream.resume()
      return
    }
    this.#hasReader = true
    this.stream.on('data', (chunk: Buffer) => {
      if (this.side === 'client' && !this.has('response') && !this.has('push')) this.faults.push("'data' before a head")
      this.received += chunk.length
      this.hear('data')
    })
  }
}

/** What a program's PINGs carry. */
export const PING = Buffer.from('program1')

export class SessionEnd extends Ear {
  readonly session: Http2Session
  readonly side: Side

  /** @param isNodes - its own say 'close' twice where the peer destroys its end amid an answer */
  constructor(
    name: string,
    side: Side,
    session: Http2Session,
    throwing: string | undefined,
    heard: () => void,
    isNodes: boolean,
  ) {
    super(name, heard)
    this.session = session
    this.side = side
    this.listen(session, ['connect', 'localSettings', 'remoteSettings', 'timeout', 'frameError'])
    session[isNodes ? 'once' : 'on']('close', () => this.hear('close'))
    // Our engine measures the path with one of its own.
    session.on('ping', (payload: Buffer) => payload.equals(PING) && this.hear('ping'))
    session.on('goaway', code => this.hear(`goaway ${code}`))
    if (throwing !== undefined) {
      session.on(throwing, () => {
        throw new Error(`thrown in '${throwing}'`)
      })
    }
  }
}

/** Without its details. */
const nameOf = (entry: string): string => entry.split(' ', 1)[0] as string

const once = new Set(['close', 'error', 'end', 'aborted', 'response', 'push', 'trailers', 'connect'])

/** What none of these may come after. */
const after: Readonly<Record<string, readonly string[]>> = {
  data: ['end'],
  headers: ['response', 'end'],
  response: ['end', 'trailers'],
  trailers: ['end'],
  connect: ['localSettings', 'remoteSettings', 'ping', 'goaway'],
}
