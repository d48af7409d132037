// Connects the engine of one session to its Connection and clock. The engine's events go to session-events.ts. All output
// that a turn of the event loop produces is written at the end of that turn.

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

/** Is notified of the connection's end. */
export interface ConnectionOwner {
  /** The peer's FIN. */
  onConnectionEnd(): void
  onConnectionError(error: Error): void
  /** The connection is closed, and its server no longer counts it: its 'close' comes before the socket's and the session's. */
  onConnectionReleased(): void
  onConnectionClosed(hadError: boolean): void
}

export class SessionConnection implements ConnectionSink, TurnOwner {
  readonly engine: Engine
  readonly connection: Connection
  readonly #isProgramsStream: boolean
  readonly #owner: ConnectionOwner
  readonly #clock: Clock
  /** The sink of the net.Socket that shows this connection, if there is one. */
  socketSink: ConnectionSink | undefined = undefined
  #isFlushing = false
  #isFlushScheduled = false
  #isReceiving = false
  #isAnnounced = false
  readonly turns = new FrameTurns(this)
  readonly answers: AwaitedAnswers
  /** When the bytes that are being read arrived, on the monotonic clock. */
  #receivedAt = 0
  /** The connection applies backpressure: no writes until 'drain'. */
  #isBlocked = false
  /** We have ended our side: further output is not sent. */
  #hasEndedOutput = false
  #isClosing = false
  #deadline = Number.POSITIVE_INFINITY
  #timer: Timer | undefined
  #closeTimer: Timer | undefined
  /** Bytes that arrived while others were being read: a program's own stream may push some from within a listener. */
  readonly #rest: Uint8Array[] = []
  /** Writes that the connection has not completed yet, oldest first. */
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

  /** @param acknowledged - called when the peer acknowledges our first SETTINGS */
  start(acknowledged: Acknowledged): void {
    const now = this.#clock.monotonic()
    this.answers.awaitSettings(now, acknowledged)
    this.connection.sink = this
    this.engine.start(now)
    this.connection.resume()
    this.schedule()
  }

  /** The events being emitted result from what the peer has sent, not from a call of the program. */
  get isReceiving(): boolean {
    return this.#isReceiving
  }

  /** Called during an event: the listeners for this frame, and their ticks, run before the next frame is read. */
  pause(): void {
    if (!this.#isReceiving) return
    this.engine.pauseReceiving()
    this.turns.leaveScope()
  }

  /** Called during an event: a stream's 'end' is emitted before the next frame is read; `turns.packet` does not change before. */
  pauseForEnd(): void {
    this.engine.pauseReceiving()
    this.turns.watchTicks()
  }

  /** Called during an event: `emit` runs before the next frame is read. @param isScoped - it enters an async context itself */
  emitNext(emit: () => void, isScoped = false): void {
    this.engine.pauseReceiving()
    this.turns.emitNext(emit, isScoped)
  }

  /** Called during an event: `close` runs after the events of this frame. */
  closeNext(close: () => void): void {
    this.engine.pauseReceiving()
    this.turns.closeNext(close)
  }

  /** The number of bytes that the connection has sent. */
  get sentBytes(): number {
    return this.connection.bytesWritten - this.connection.bufferedBytes
  }

  /** Sends END_STREAM at the end of the turn: with the last bytes, and after pushes that the program may still open. */
  end(stream: EngineStream): void {
    this.#ends.push(stream)
    this.schedule()
  }

  /** Sends RST_STREAM after the output queued before it, as far as the windows allow that. */
  reset(stream: EngineStream, code: number): void {
    this.#resets.push([stream, code])
    this.schedule()
  }

  /** Writes the output so far, as far as the windows allow. */
  settle(): void {
    if (!this.#isFlushing && !this.#isReceiving && !this.#isClosing) this.#flush()
    this.#applyResets()
  }

  /** Ends the session: sends RST_STREAM for the streams it destroys except the last, which as in Node is covered by GOAWAY. */
  destroy(code: number): void {
    this.#resets.pop()
    this.#applyResets()
    this.#ends = []
    this.engine.destroy(code)
    this.answers.cancel()
  }

  // Frames that the peer acknowledges

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

  /** The session has been announced to the program: starts to read, first what arrived with the end of a handshake. */
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

  /** @param chunk - undefined: continues with the bytes left by a pause */
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
    // Node's sessions write below their sockets and do not report such an error; 'close' follows. A program's own stream
    // reports errors of its writes itself.
    if (isLateWrite(error) && !this.#isProgramsStream) return
    this.#owner.onConnectionError(error)
    this.socketSink?.onError(error)
  }

  onClose(hadError: boolean): void {
    this.#stopTimers()
    this.#isClosing = true
    this.#owner.onConnectionReleased()
    // Later, so that the server that counts the connection below this one is notified first.
    process.nextTick(() => {
      this.socketSink?.onClose(hadError)
      this.#owner.onConnectionClosed(hadError)
    })
  }

  // Output and time

  /** Schedules a flush at the end of this turn, once. */
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

  /** Calls `done` once the output of this turn has been written to the connection. */
  afterTurn(done: () => void): void {
    this.#afterTurn = done
    this.schedule()
  }

  /** A callback waits for the turn's end. */
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
      // A write callback threw: the rest is sent nevertheless.
      if (!isDone) this.schedule()
    }
    this.#arm()
  }

  #write(): void {
    if (this.#ends.length > 0) this.#applyEnds()
    // Limited: where the system accepts everything, `write` never returns false, and the callbacks that release buffers
    // would not run.
    while (!this.#isBlocked && !this.#hasEndedOutput && this.#inFlight.length < MAX_WRITES_IN_FLIGHT) {
      const output = this.engine.takeOutput()
      if (output === undefined) return
      this.#inFlight.push(output)
      if (!this.connection.write(output, undefined, this.#onWritten)) this.#isBlocked = true
    }
  }

  /** The peer has ended its side, and so do we: the socket that shows the connection does it, if there is one. */
  endOutput(): void {
    if (this.#hasEndedOutput) return
    if (!this.#isFlushing && !this.#isReceiving && !this.#isClosing) this.#flush()
    this.#hasEndedOutput = true
    if (this.socketSink === undefined) this.connection.end()
  }

  /** A stream's bytes have been written to the connection: calls `done` once they have been sent. */
  afterWrite(done: () => void): void {
    if (this.#inFlight.length > 0) this.#awaitWrite.push(done)
    else if (this.#isProgramsStream) this.#clock.setImmediate(done)
    else process.nextTick(done)
  }

  readonly #onWritten = (): void => {
    const written = this.#inFlight.shift()
    // A program's own stream may retain the buffer beyond its callback.
    if (written !== undefined && !this.#isProgramsStream) this.engine.releaseOutput(written)
    if (this.#inFlight.length === MAX_WRITES_IN_FLIGHT - 1) this.schedule()
    if (this.#inFlight.length > 0 || this.#awaitWrite.length === 0) return
    // A program's own stream may call back during the write, before its other end has been notified: one turn later, as in
    // Node, the bytes have arrived.
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
   * Sends the engine's remaining output, a GOAWAY, and ends the connection.
   * @param awaitsPeer - wait for the peer to close; otherwise the connection is destroyed as soon as the output has been sent
   */
  close(awaitsPeer: boolean, destroy: () => void): void {
    if (this.#isFlushing || this.#isReceiving) {
      this.#clock.setImmediate(() => this.close(awaitsPeer, destroy))
      return
    }
    if (this.#isClosing) return
    this.#isClosing = true
    this.#stopTimers()
    // Little output is left once the streams are closed; it is written without regard to backpressure, since the peer may not read.
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
