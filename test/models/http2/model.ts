// What becomes of HTTP/2 sessions and their streams: a model without frames and windows. It hears of the same acts as the two ends
// and says what each end must have heard once all is at rest.

import type { Body, Side } from './acts.ts'

export const other = (side: Side): Side => (side === 'client' ? 'server' : 'client')

/** One end of a stream. */
export class EndModel {
  /** Heads that it has been sent, as events. */
  readonly heads: string[] = []
  /** Bytes of its own that it has given away. */
  sent = 0
  hasEnded = false
  /** Its head has been sent. */
  hasBegun = false
  hasTrailers = false
  reads = false
  hasRead = false
  /** When 'timeout' comes. */
  deadline: number | undefined
  timeouts = 0
  hasTimeout = false
}

export class StreamModel {
  readonly id: string
  readonly session: SessionModel
  readonly client = new EndModel()
  readonly server = new EndModel()
  readonly isPush: boolean
  /** Nothing more is said of what it hears, but for what holds of each: it was closed or destroyed, or its session was. */
  isCut = false
  /** Has been closed with an error that both ends know: nothing of it may be left. */
  mustBeGone = false
  /** Its end was destroyed with an error of the program's. */
  failed: Side | undefined
  /** Its session has gone, maybe before it. */
  isLost = false
  /** Asked for when no request may be: it fails. */
  isRefused = false

  constructor(id: string, session: SessionModel, isPush: boolean) {
    this.id = id
    this.session = session
    this.isPush = isPush
  }

  /** Both sides have ended. */
  get isComplete(): boolean {
    return this.client.hasEnded && this.server.hasEnded
  }

  cut(): void {
    this.isCut = true
    this.stopTimeouts()
  }

  stopTimeouts(): void {
    for (const side of ['client', 'server'] as const) {
      this[side].deadline = undefined
      this[side].hasTimeout = false
    }
  }
}

export class SessionModel {
  readonly index: number
  readonly streams: StreamModel[] = []
  isGone = false
  /** Whose program has destroyed it. */
  destroyedBy: Side | undefined
  isClosing = false
  /** It ended with an error: of its program, or said by its peer. */
  hasFailed = false
  readonly pings: Record<Side, number> = { client: 0, server: 0 }
  readonly settings: Record<Side, number> = { client: 1, server: 1 }
  readonly deadlines: Record<Side, number | undefined> = { client: undefined, server: undefined }
  readonly hasTimeout: Record<Side, boolean> = { client: false, server: false }
  readonly timeouts: Record<Side, number> = { client: 0, server: 0 }

  constructor(index: number) {
    this.index = index
  }

  get live(): StreamModel[] {
    return this.streams.filter(stream => !stream.isCut)
  }

  lose(): void {
    this.isGone = true
    for (const stream of this.streams) stream.isLost = true
    for (const stream of this.live) stream.cut()
    for (const side of ['client', 'server'] as const) {
      this.deadlines[side] = undefined
      this.hasTimeout[side] = false
    }
  }
}

export const TIMEOUT_MS = 1000

export class Http2Model {
  readonly sessions: SessionModel[] = []
  readonly streams: StreamModel[] = []
  isServerClosed = false
  now = 0

  get open(): SessionModel[] {
    return this.sessions.filter(({ isGone }) => !isGone)
  }

  connect(): SessionModel {
    const session = new SessionModel(this.sessions.length)
    this.sessions.push(session)
    return session
  }

  #stream(session: SessionModel, isPush: boolean): StreamModel {
    const stream = new StreamModel(String(this.streams.length), session, isPush)
    this.streams.push(stream)
    session.streams.push(stream)
    return stream
  }

  request(
    session: SessionModel,
    body: Body,
    hasTrailers: boolean,
    reads: Readonly<Record<Side, boolean>>,
  ): StreamModel {
    const stream = this.#stream(session, false)
    for (const side of ['client', 'server'] as const) this.#reads(stream[side], reads[side])
    if (session.isClosing) {
      stream.isRefused = true
      stream.cut()
      return stream
    }
    this.#begin(stream, 'client', body, hasTrailers)
    return stream
  }

  respond(stream: StreamModel, body: Body, hasTrailers: boolean): void {
    stream.client.heads.push('response 200')
    this.#begin(stream, 'server', body, hasTrailers)
  }

  push(parent: StreamModel, reads: boolean): StreamModel {
    const stream = this.#stream(parent.session, true)
    this.#reads(stream.client, reads)
    stream.client.hasEnded = true
    stream.client.heads.push('push 200')
    this.#begin(stream, 'server', 'whole', false)
    this.touch(parent)
    return stream
  }

  #reads(end: EndModel, reads: boolean): void {
    end.reads = reads
    end.hasRead = reads
  }

  #begin(stream: StreamModel, side: Side, body: Body, hasTrailers: boolean): void {
    const end = stream[side]
    end.hasBegun = true
    end.hasTrailers = hasTrailers && body !== 'none'
    this.touch(stream)
    if (body === 'none') this.end(stream, side)
    else {
      this.write(stream, side, BODY_LENGTH)
      if (body === 'whole') this.end(stream, side)
    }
  }

  write(stream: StreamModel, side: Side, size: number): void {
    stream[side].sent += size
    this.touch(stream)
  }

  end(stream: StreamModel, side: Side): void {
    stream[side].hasEnded = true
    if (stream[side].hasTrailers) stream[other(side)].heads.push('trailers')
    // An end alone starts no time anew, in Node as here.
    if (stream[side].hasTrailers) this.touch(stream)
    // It is closed, if not read yet: no time-out is left.
    if (stream.isComplete) stream.stopTimeouts()
  }

  inform(stream: StreamModel, status: number): void {
    stream.client.heads.push(`headers ${status}`)
    this.touch(stream)
  }

  /** After what was done together: what is at rest, is done. */
  settle(): void {
    for (const session of this.open) {
      for (const stream of session.live) {
        // The answer is whole and nobody has looked at the request's body: the server lets go of it.
        const isUnread = stream.server.hasEnded && !stream.server.hasRead && !stream.isPush
        if (isUnread) stream.cut()
      }
    }
  }

  /** RST_STREAM. */
  close(stream: StreamModel, side: Side, code: number): void {
    // Closing ends the side first; where the other has ended, the peer hears of nothing else.
    stream.mustBeGone = code !== 0 && !stream[other(side)].hasEnded
    stream.cut()
  }

  closeServer(): void {
    this.isServerClosed = true
    // As its Node does.
    if (Number.parseInt(process.versions.node, 10) >= 24) for (const session of this.open) session.isClosing = true
  }

  // Time

  pass(ms: number): void {
    this.now += ms
    for (const session of this.open) {
      for (const side of ['client', 'server'] as const) {
        if (isDue(session.deadlines[side], this.now)) {
          session.deadlines[side] = undefined
          session.timeouts[side]++
        }
        for (const stream of session.live) {
          const end = stream[side]
          if (!isDue(end.deadline, this.now)) continue
          end.deadline = undefined
          end.timeouts++
        }
      }
    }
  }

  setTimeout(stream: StreamModel, side: Side): void {
    stream[side].hasTimeout = true
    stream[side].deadline = this.now + TIMEOUT_MS
  }

  setSessionTimeout(session: SessionModel, side: Side): void {
    session.hasTimeout[side] = true
    session.deadlines[side] = this.now + TIMEOUT_MS
  }

  /** Something of it has passed from one end to the other. */
  touch(stream: StreamModel): void {
    for (const side of ['client', 'server'] as const) {
      const end = stream[side]
      if (end.hasTimeout) end.deadline = this.now + TIMEOUT_MS
    }
    this.touchSession(stream.session)
  }

  touchSession(session: SessionModel, sides: readonly Side[] = ['client', 'server']): void {
    for (const side of sides) {
      if (session.hasTimeout[side]) session.deadlines[side] = this.now + TIMEOUT_MS
    }
  }
}

/** Of a body that is sent with its head. */
export const BODY_LENGTH = 3

const isDue = (deadline: number | undefined, now: number) => deadline !== undefined && deadline <= now
