// Joins the engine and the Connection of one session: bytes both ways, and the time. What the engine has to tell goes to
// session-events.ts. All that a turn of the event loop brings about leaves at its end.

import { noBytes } from '../../core/bytes.ts'
import { DuplexConnection } from '../../host/duplex-connection.ts'
import type { Clock, Connection, ConnectionSink, Timer } from '../../host/types.ts'
import { CLOSE_DEADLINE_MS, MAX_WRITES_IN_FLIGHT } from '../default-limits.ts'
import { pingTimestamp } from '../engine/pings.ts'
import { SessionEngine } from '../engine/session-engine.ts'
import type { Session as Engine, EngineStream, Role, SessionHandler } from '../engine/types.ts'
import { isLateWrite } from '../errors.ts'
import type { CompleteOptions } from '../options.ts'
import { type Acknowledged, AwaitedAnswers, type Ponged } from './awaited-answers.ts'
import { FrameTurns, type TurnOwner } from './frame-turns.ts'
import type { SettingEntry } from './settings.ts'

/** Hears of the connection's end. */
export interface ConnectionOwner {
  /** The peer's FIN. */
  onConnectionEnd(): void
  onConnectionError(error: Error): void
  /** It is closed: no server counts it any more. A server's own 'close' comes before its socket's and its session's. */
  onConnectionReleased(): void
  onConnectionClosed(hadError: boolean): void
}

export class SessionConnection implements ConnectionSink, TurnOwner {
  readonly engine: Engine
  readonly connection: Connection
  readonly #isProgramsStream: boolean
  readonly #owner: ConnectionOwner
  readonly #clock: Clock
  /** What feeds the socket that shows this connection, where it is one of ours. */
  socketSink: ConnectionSink | undefined = undefined
  #isFlushing = false
  #isFlushScheduled = false
  #isReceiving = false
  #isAnnounced = false
  readonly turns = new FrameTurns(this)
  readonly answers: AwaitedAnswers
  /** When the bytes that are being read came, on the monotonic clock. */
  #receivedAt = 0
  /** The connection has enough for now. */
  #isBlocked = false
  /** We have ended our side: what is said now stays here. */
  #hasEndedOutput = false
  #isClosing = false
  #deadline = Number.POSITIVE_INFINITY
  #timer: Timer | undefined
  #closeTimer: Timer | undefined
  /** Came while others were being read: a program's own stream may push some from within a listener. */
  readonly #rest: Uint8Array[] = []
  /** What the connection has and has not sent yet, oldest first. */
  readonly #inFlight: Uint8Array[] = []
  #awaitWrite: (() => void)[] = []
  #afterTurn: (() => void) | undefined = undefined
  #ends: EngineStream[] = []
  #resets: [stream: EngineStream, code: number][] = []

  constructor(
    connection: Connection,
    role: Role,
    options: CompleteOptions,
    clock: Clock,
    owner: ConnectionOwner & SessionHandler,
  ) {
    this.connection = connection
    this.#isProgramsStream = connection instanceof DuplexConnection
    this.#owner = owner
    this.#clock = clock
    this.answers = new AwaitedAnswers(clock)
    this.engine = new SessionEngine(role, owner, options.engine)
  }

  /** @param acknowledged - of our first SETTINGS */
  start(acknowledged: Acknowledged): void {
    const now = this.#clock.monotonic()
    this.answers.awaitSettings(now, acknowledged)
    this.connection.sink = this
    this.engine.start(now)
    this.connection.resume()
    this.schedule()
  }

  /** Events come from what the peer has sent, rather than from what we do. */
  get isReceiving(): boolean {
    return this.#isReceiving
  }

  /** From within an event: the program hears of this frame, and its ticks run, before the next frame is read. */
  pause(): void {
    if (!this.#isReceiving) return
    this.engine.pauseReceiving()
    this.turns.leaveScope()
  }

  /** From within an event: a stream's 'end' is to come before the next frame, and `turns.packet` stays until then. */
  pauseForEnd(): void {
    this.engine.pauseReceiving()
    this.turns.watchTicks()
  }

  /** From within an event: `emit` runs next, and before the next frame is read. @param isScoped - it enters a context */
  emitNext(emit: () => void, isScoped = false): void {
    this.engine.pauseReceiving()
    this.turns.emitNext(emit, isScoped)
  }

  /** From within an event: `close` runs once those of this frame are over. */
  closeNext(close: () => void): void {
    this.engine.pauseReceiving()
    this.turns.closeNext(close)
  }

  /** Bytes that the engine has given to the connection and that have left it. */
  get sentBytes(): number {
    return this.connection.bytesWritten - this.connection.bufferedBytes
  }

  /** END_STREAM, at the end of the turn: with the last bytes, and after pushes that the program may still begin. */
  end(stream: EngineStream): void {
    this.#ends.push(stream)
    this.schedule()
  }

  /** RST_STREAM, once what was queued before has left, as far as the windows let it. */
  reset(stream: EngineStream, code: number): void {
    this.#resets.push([stream, code])
    this.schedule()
  }

  /** What was said until now goes out, as far as the windows let it. */
  settle(): void {
    if (!this.#isFlushing && !this.#isReceiving && !this.#isClosing) this.#flush()
    this.#applyResets()
  }

  /** The session's end: RST_STREAM for the streams that it took along, but for the last as in Node, of which GOAWAY tells. */
  destroy(code: number): void {
    this.#resets.pop()
    this.#applyResets()
    this.#ends = []
    this.engine.destroy(code)
    this.answers.cancel()
  }

  // What is answered later

  settings(entries: readonly SettingEntry[], acknowledged: Acknowledged): boolean {
    if (!this.engine.settings(entries.map(({ id, value }) => [id, value] as const))) return false
    this.answers.awaitSettings(this.#clock.monotonic(), acknowledged)
    return true
  }

  ping(payload: Uint8Array | undefined, ponged: Ponged): boolean {
    const since = this.#clock.monotonic()
    if (!this.engine.ping(payload ?? pingTimestamp(since))) return false
    this.answers.awaitPing(since, ponged)
    return true
  }

  // From the connection

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    this.receive(chunk)
  }

  receive(chunk: Uint8Array): void {
    if (this.#isReceiving || this.turns.isRunning || !this.#isAnnounced) {
      this.#rest.push(chunk)
      return
    }
    this.turns.begin()
    this.#receivedAt = this.#clock.monotonic()
    try {
      this.#read(chunk)
    } finally {
      this.turns.proceed()
    }
  }

  /** The program has heard of the session: of what the peer sent with a handshake's end it hears from now on. */
  beginReading(): void {
    this.#isAnnounced = true
    const first = this.#rest.shift()
    if (first !== undefined && !this.#isClosing) this.receive(first)
  }

  get hasUnread(): boolean {
    return !this.#isClosing && (this.engine.hasUnread || this.#rest.length > 0)
  }

  readOn(): void {
    if (this.#isClosing) return
    if (this.engine.hasUnread) this.#read(undefined)
    else if (this.#rest.length > 0) this.#read(this.#rest.shift())
  }

  /** @param chunk - undefined: what a pause has left */
  #read(chunk: Uint8Array | undefined): void {
    this.#isReceiving = true
    try {
      if (chunk === undefined) this.engine.resumeReceiving(this.#receivedAt)
      else this.engine.receive(chunk, this.#receivedAt)
    } finally {
      this.#isReceiving = false
      if (!this.hasUnread) this.#arm()
    }
  }

  onEnd(): void {
    this.socketSink?.onEnd()
    this.#owner.onConnectionEnd()
  }

  onDrain(): void {
    this.#isBlocked = false
    this.socketSink?.onDrain()
    this.#flush()
  }

  onError(error: Error): void {
    // Node's sessions write beneath their sockets and hear nothing of it: what follows is 'close'. A program's own stream
    // tells of its writes itself.
    if (isLateWrite(error) && !this.#isProgramsStream) return
    this.#owner.onConnectionError(error)
    this.socketSink?.onError(error)
  }

  onClose(hadError: boolean): void {
    this.#stopTimers()
    this.#isClosing = true
    this.#owner.onConnectionReleased()
    // Behind the count of a server whose connection below this one is.
    process.nextTick(() => {
      this.socketSink?.onClose(hadError)
      this.#owner.onConnectionClosed(hadError)
    })
  }

  // Output and time

  /** There is something to send: once, at the end of this turn. */
  schedule(): void {
    if (this.#isFlushScheduled) return
    this.#isFlushScheduled = true
    this.#clock.setImmediate(this.#onTurnEnd)
  }

  readonly #onTurnEnd = (): void => {
    this.#isFlushScheduled = false
    if (this.#isClosing) return
    this.#flush()
    const done = this.#afterTurn
    if (done === undefined || this.#isFlushScheduled) return
    this.#afterTurn = undefined
    done()
  }

  /** `done` once what this turn brings about has been handed to the connection. */
  afterTurn(done: () => void): void {
    this.#afterTurn = done
    this.schedule()
  }

  /** Somebody waits for the turn's end. */
  get isAmidTurn(): boolean {
    return this.#afterTurn !== undefined
  }

  #flush(): void {
    if (this.#isFlushing || this.#isReceiving) {
      this.schedule()
      return
    }
    this.#isFlushing = true
    let isDone = false
    try {
      this.#write()
      if (this.#resets.length > 0) {
        this.#applyResets()
        this.#write()
      }
      isDone = true
    } finally {
      this.#isFlushing = false
      // A listener of what has left threw: the rest goes out all the same.
      if (!isDone) this.schedule()
    }
    this.#arm()
  }

  #write(): void {
    if (this.#ends.length > 0) this.#applyEnds()
    // Where the system takes all at once, `write` never says stop; the callbacks, which give memory back, would wait.
    while (!this.#isBlocked && !this.#hasEndedOutput && this.#inFlight.length < MAX_WRITES_IN_FLIGHT) {
      const output = this.engine.takeOutput()
      if (output === undefined) return
      this.#inFlight.push(output)
      if (!this.connection.write(output, undefined, this.#onWritten)) this.#isBlocked = true
    }
  }

  /** The peer has ended its side, and so do we: by the socket that shows the connection, where there is one. */
  endOutput(): void {
    if (this.#hasEndedOutput) return
    if (!this.#isFlushing && !this.#isReceiving && !this.#isClosing) this.#flush()
    this.#hasEndedOutput = true
    if (this.socketSink === undefined) this.connection.end()
  }

  /** A stream's bytes are with the connection: `done` once they have left this process. */
  afterWrite(done: () => void): void {
    if (this.#inFlight.length > 0) this.#awaitWrite.push(done)
    else if (this.#isProgramsStream) this.#clock.setImmediate(done)
    else process.nextTick(done)
  }

  readonly #onWritten = (): void => {
    const written = this.#inFlight.shift()
    // A stream of the program's own may keep what it was given for longer than it says.
    if (written !== undefined && !this.#isProgramsStream) this.engine.releaseOutput(written)
    if (this.#inFlight.length === MAX_WRITES_IN_FLIGHT - 1) this.schedule()
    if (this.#inFlight.length > 0 || this.#awaitWrite.length === 0) return
    // A program's own stream may call back from within the write, before its other end has been told: a turn later, as
    // with Node, what was written has arrived by then.
    if (this.#isProgramsStream) this.#clock.setImmediate(() => this.#tellWritten())
    else this.#tellWritten()
  }

  #tellWritten(): void {
    const waiting = this.#awaitWrite
    this.#awaitWrite = []
    for (const done of waiting) done()
  }

  #applyEnds(): void {
    const ends = this.#ends
    this.#ends = []
    for (const stream of ends) this.engine.sendData(stream, noBytes, END_STREAM)
  }

  #applyResets(): void {
    const resets = this.#resets
    this.#resets = []
    for (const [stream, code] of resets) this.engine.reset(stream, code)
  }

  #arm(): void {
    const deadline = this.engine.deadline()
    if (deadline === this.#deadline || this.#isClosing) return
    this.#deadline = deadline
    this.#timer?.cancel()
    this.#timer = undefined
    if (deadline === Number.POSITIVE_INFINITY) return
    this.#timer = this.#clock.setTimer(this.#onDeadline, Math.max(1, Math.ceil(deadline - this.#clock.monotonic())))
    this.#timer.unref()
  }

  readonly #onDeadline = (): void => {
    this.#deadline = Number.POSITIVE_INFINITY
    if (this.#isClosing) return
    this.#isReceiving = true
    try {
      this.engine.expire(this.#clock.monotonic())
    } finally {
      this.#isReceiving = false
      this.turns.proceed()
      this.#arm()
    }
  }

  /**
   * Sends what the engine has left to say, a GOAWAY, and ends the connection.
   * @param awaitsPeer - the peer may close in its own time; else the connection is closed as soon as that has left
   */
  close(awaitsPeer: boolean, destroy: () => void): void {
    if (this.#isFlushing || this.#isReceiving) {
      this.#clock.setImmediate(() => this.close(awaitsPeer, destroy))
      return
    }
    if (this.#isClosing) return
    this.#isClosing = true
    this.#stopTimers()
    // Little is left once the streams are gone, and nothing may wait for a peer that does not read.
    for (let output = this.engine.takeOutput(); output !== undefined; output = this.engine.takeOutput()) {
      if (!this.#hasEndedOutput) this.connection.write(output)
    }
    this.#hasEndedOutput = true
    this.#closeTimer = this.#clock.setTimer(destroy, CLOSE_DEADLINE_MS)
    this.#closeTimer.unref()
    this.connection.resume()
    this.connection.end(() => {
      if (!awaitsPeer) this.#clock.setImmediate(destroy)
    })
  }

  #stopTimers(): void {
    this.#timer?.cancel()
    this.#closeTimer?.cancel()
  }
}

const END_STREAM = { endStream: true } as const
