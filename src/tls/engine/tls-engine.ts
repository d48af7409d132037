// The engine itself: records in and out, alerts, the current state of the handshake, and the order in which events are
// dispatched. The handshake's messages are the states' (client/client-handshake.ts, server/server-handshake.ts and those after them).

import {
  ALERT_LEVEL_FATAL,
  ALERT_LEVEL_WARNING,
  type AlertDescription,
  CLOSE_NOTIFY,
  DECODE_ERROR,
  HANDSHAKE_FAILURE,
  ILLEGAL_PARAMETER,
  NO_RENEGOTIATION,
  RECORD_OVERFLOW,
  readAlert,
  UNEXPECTED_MESSAGE,
  USER_CANCELED,
  writeAlert,
} from '../wire/alerts.ts'
import { writeMessage } from '../wire/handshake-messages.ts'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER_SIZE } from '../wire/records.ts'
import { startClient } from './client/client-handshake.ts'
import { alertReceived, asTlsError, refusal } from './engine-errors.ts'
import {
  MAX_CHANGE_CIPHER_SPECS,
  MAX_EMPTY_RECORDS,
  MAX_PLAINTEXT,
  MAX_RECORDS_PER_KEY,
  MAX_WAITING_INPUT,
  MAX_WARNING_ALERTS,
} from './handshake-limits.ts'
import { type ConnectedState, type HandshakeChannel, type HandshakeState, NegotiatedInfo } from './record/channel.ts'
import { MessageJoiner } from './record/message-joiner.ts'
import { PlainOpener, type RecordOpener, type RecordSealer } from './record/record-protection.ts'
import { RecordReader } from './record/record-reader.ts'
import { RecordWriter } from './record/record-writer.ts'
import { AwaitClientHello } from './server/server-handshake.ts'
import type { SavedSession } from './sessions.ts'
import { Transcript } from './transcript.ts'
import type { ClientHelloAnswer, Pace, TlsEngine, TlsEngineConfig, TlsEngineHandler } from './types.ts'

export function createTlsEngine(config: TlsEngineConfig, handler: TlsEngineHandler, pace: Pace = 'free'): TlsEngine {
  return new Engine(config, handler, pace)
}

type Event = (handler: TlsEngineHandler) => void

class Engine implements TlsEngine, HandshakeChannel {
  config: TlsEngineConfig
  readonly handler: TlsEngineHandler
  readonly info = new NegotiatedInfo()
  transcript: Transcript
  finished: Uint8Array | undefined = undefined
  peerFinished: Uint8Array | undefined = undefined
  allowsRenegotiation: boolean
  connected: ConnectedState | undefined = undefined
  session: SavedSession | undefined = undefined

  readonly #reader = new RecordReader()
  readonly #joiner = new MessageJoiner()
  #state: HandshakeState | undefined
  #opener: RecordOpener = new PlainOpener()
  readonly #writer: RecordWriter
  readonly #secrets: { destroy(): void }[] = []
  readonly #events: Event[] = []
  readonly #pace: Pace
  #maxReceived = MAX_PLAINTEXT
  /** Calls into the engine that are under way: the outermost dispatches `onOutput`. */
  #depth = 0
  #isReading = false
  /** `closed`: we have sent close_notify. */
  #ownEnd: 'open' | 'closed' | 'destroyed' = 'open'
  #peerHasClosed = false
  #hasSentChangeCipherSpec = false
  #emptyRecords = 0
  #warnings = 0
  #droppedChangeCipherSpecs = 0

  constructor(config: TlsEngineConfig, handler: TlsEngineHandler, pace: Pace) {
    this.config = config
    this.#pace = pace
    this.handler = handler
    this.transcript = new Transcript(config.crypto)
    this.allowsRenegotiation = config.allowRenegotiation
    this.#writer = new RecordWriter(config.role)
    this.#writer.limit(config.maxFragmentSize)
  }

  get crypto() {
    return this.config.crypto
  }

  get isHandshakeDone(): boolean {
    return this.connected !== undefined && !this.#isDead
  }

  // Called by the owner.

  start(): void {
    if (this.#isDead || this.#state) return
    this.#enter(() => {
      this.tell(handler => handler.onHandshakeStart?.())
      this.#state = this.beginHandshake()
    })
  }

  receive(bytes: Uint8Array): void {
    if (this.#isDead || this.#peerHasClosed) return
    if (this.#state === undefined) this.start()
    this.#reader.give(bytes)
    // Bytes that a handler passes in during an event are queued.
    if (this.#isReading || this.#isWaiting) {
      this.#reader.keep()
      if (this.#reader.size > MAX_WAITING_INPUT) this.#enter(() => this.#refuseWaitingInput())
    } else if (this.#pace === 'free') this.#read()
  }

  step(): boolean {
    if (this.#events.length > 0) {
      this.#tellEvents()
      return true
    }
    if (!this.#mayRead) return false
    this.#depth++
    try {
      return this.#step()
    } finally {
      this.#depth--
    }
  }

  get hasEvents(): boolean {
    return this.#events.length > 0
  }

  get hasPending(): boolean {
    return this.hasEvents || (this.#mayRead && (this.#reader.hasInput || this.#joiner.hasMore))
  }

  get hasPeerClosed(): boolean {
    return this.#peerHasClosed
  }

  write(data: Uint8Array | readonly Uint8Array[]): void {
    if (!this.isHandshakeDone || this.#ownEnd === 'closed')
      throw new Error('nothing can be written on this connection now')
    const parts = data instanceof Uint8Array ? [data] : data
    this.#enter(() => {
      this.connected?.sendsData()
      this.#sendRecords(APPLICATION_DATA, parts)
    })
  }

  takeOutput(): Uint8Array[] {
    if (this.#pace === 'stepped' && !this.#isDead) this.#writer.flush()
    return this.#writer.take()
  }

  answerClientHello(answer: ClientHelloAnswer): void {
    const state = this.#state
    if (this.#isDead || state?.answer === undefined) return
    this.#enter(() => {
      this.#state = state.answer?.(answer)
    })
    if (!this.#isReading && this.#pace === 'free') this.#read()
  }

  closeNotify(): void {
    if (this.#ownEnd !== 'open') return
    this.#enter(() => {
      this.#ownEnd = 'closed'
      this.#sendAlert(ALERT_LEVEL_WARNING, CLOSE_NOTIFY)
    })
  }

  failHandshake(alert: AlertDescription): void {
    if (this.#isDead) return
    this.#enter(() => {
      this.#events.length = 0
      this.#endWithAlert(alert)
    })
  }

  updateKeys(requestPeer: boolean): void {
    if (this.isHandshakeDone && this.#ownEnd !== 'closed') this.#enter(() => this.connected?.updateKeys(requestPeer))
  }

  renegotiate(options?: { readonly requestCert?: boolean }): boolean {
    const { connected } = this
    if (connected === undefined || this.#ownEnd !== 'open' || this.#state !== connected) return false
    let next: HandshakeState | undefined
    this.#enter(() => {
      next = connected.renegotiate(options?.requestCert ?? this.config.requestCert)
      if (next) this.#state = next
    })
    return next !== undefined
  }

  disableRenegotiation(): void {
    this.allowsRenegotiation = false
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    if (this.connected === undefined) throw new Error('there is no keying material before the handshake is done')
    return this.connected.exportKeyingMaterial(length, label, context)
  }

  setMaxFragmentSize(size: number): void {
    this.#writer.limit(size)
  }

  destroy(): void {
    this.#ownEnd = 'destroyed'
    this.#events.length = 0
    this.#state = undefined
    this.#writer.destroy()
    this.#opener.destroy()
    for (const secret of this.#secrets) secret.destroy()
    this.connected?.destroy()
  }

  // Called by the states.

  beginHandshake(): HandshakeState {
    return this.config.role === 'server' ? new AwaitClientHello(this) : startClient(this)
  }

  send(type: number, body: Uint8Array): void {
    const message = writeMessage(type, body)
    this.transcript.add(message)
    this.#queue(message)
  }

  sendUntracked(type: number, body: Uint8Array): void {
    this.#queue(writeMessage(type, body))
  }

  sendChangeCipherSpec(): void {
    if (this.info.version !== 0x0304) {
      this.handler.onMessage?.('sent', CHANGE_CIPHER_SPEC, ONE)
      this.#sendRecords(CHANGE_CIPHER_SPEC, [ONE])
    } else if (!this.#hasSentChangeCipherSpec) {
      this.#hasSentChangeCipherSpec = true
      this.handler.onMessage?.('sent', CHANGE_CIPHER_SPEC, ONE)
      this.#writer.sendPlain(Uint8Array.of(CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1))
    }
  }

  sendWarning(alert: AlertDescription): void {
    this.#sendAlert(ALERT_LEVEL_WARNING, alert)
  }

  setSealer(sealer: RecordSealer): void {
    this.#writer.setSealer(sealer)
  }

  setOpener(opener: RecordOpener): void {
    this.endPeerFlight()
    this.#opener.destroy()
    this.#opener = opener
  }

  endPeerFlight(): void {
    if (this.#joiner.hasMore) throw refusal(UNEXPECTED_MESSAGE, 'not on record boundary')
  }

  limitPeerFragments(size: number): void {
    this.#writer.limitForPeer(size)
  }

  limitReceived(size: number): void {
    this.#maxReceived = size
  }

  guard(secret: { destroy(): void }): void {
    this.#secrets.push(secret)
  }

  complete(connected: ConnectedState): void {
    if (this.connected && this.connected !== connected) this.connected.destroy()
    this.connected = connected
    // The connected state owns the remaining secrets: they do not accumulate over renegotiations.
    this.#secrets.length = 0
    this.transcript.forgetMessages()
    this.tell(handler => handler.onHandshakeDone())
  }

  tell(event: Event): void {
    this.#events.push(event)
  }

  keyLog(label: string, clientRandom: Uint8Array, secret: Uint8Array): void {
    if (this.handler.onKeyLog === undefined) return
    const line = `${label} ${hex(clientRandom)} ${hex(secret)}`
    this.tell(handler => handler.onKeyLog?.(line))
  }

  // Reading.

  get #isDead(): boolean {
    return this.#ownEnd === 'destroyed'
  }

  get #isWaiting(): boolean {
    return this.#state?.answer !== undefined
  }

  get #mayRead(): boolean {
    return !this.#isDead && !this.#isWaiting && !this.#peerHasClosed
  }

  #read(): void {
    this.#isReading = true
    this.#depth++
    try {
      while (this.#mayRead && this.#step());
    } finally {
      this.#isReading = false
      this.#depth--
      this.#reader.keep()
    }
    this.#finishCall()
  }

  /** Reads one message, or one record. @returns false: there is no more */
  #step(): boolean {
    let data: Uint8Array | undefined
    try {
      const message = this.#joiner.next()
      if (message) {
        this.handler.onMessage?.('received', HANDSHAKE, message.bytes)
        this.#state = this.#state?.handle(message)
      } else {
        const record = this.#reader.next(this.#opener.maxFragment)
        if (record === undefined) return false
        data = this.#receiveRecord(record)
      }
    } catch (error) {
      this.#fail(error)
    }
    if (data === undefined) this.#tellEvents()
    else if (this.#events.length === 0) this.handler.onData(data)
    else {
      const received = data
      this.tell(handler => handler.onData(received))
      this.#tellEvents()
    }
    return true
  }

  /** @returns the application data, if the record holds any */
  #receiveRecord(record: Uint8Array): Uint8Array | undefined {
    if (record[0] === CHANGE_CIPHER_SPEC && this.#state?.dropsChangeCipherSpec) {
      this.#dropChangeCipherSpec(record)
      return undefined
    }
    const opened = this.#opener.open(record)
    if (opened === undefined) return undefined
    const { type, content } = opened
    if (content.length > this.#maxReceived) throw refusal(RECORD_OVERFLOW, 'data length too long')
    if (type !== HANDSHAKE && this.#joiner.hasMore)
      throw refusal(UNEXPECTED_MESSAGE, 'mixed handshake and non handshake data')
    if (content.length === 0) {
      // RFC 8446 section 5.1: only application data may be empty.
      if (type !== APPLICATION_DATA) throw refusal(UNEXPECTED_MESSAGE, 'bad record type')
      if (++this.#emptyRecords > MAX_EMPTY_RECORDS) throw refusal(UNEXPECTED_MESSAGE, 'record too small')
    } else if (type !== ALERT) this.#emptyRecords = 0
    switch (type) {
      case HANDSHAKE:
        this.#joiner.give(content)
        return undefined
      case APPLICATION_DATA:
        if (this.connected === undefined || this.#state?.refusesData) {
          throw refusal(UNEXPECTED_MESSAGE, 'app data in handshake')
        }
        if (content.length === 0) return undefined
        this.#warnings = 0
        this.connected.receivedData()
        return content
      case ALERT:
        this.#receiveAlert(content)
        return undefined
      case CHANGE_CIPHER_SPEC:
        if (content.length !== 1 || content[0] !== 1) throw refusal(UNEXPECTED_MESSAGE, 'bad change cipher spec')
        this.handler.onMessage?.('received', CHANGE_CIPHER_SPEC, content)
        if (this.#state?.changeCipherSpec === undefined) throw refusal(UNEXPECTED_MESSAGE, 'ccs received early')
        this.#state = this.#state.changeCipherSpec()
        return undefined
      default:
        throw refusal(UNEXPECTED_MESSAGE, 'unexpected record')
    }
  }

  #dropChangeCipherSpec(record: Uint8Array): void {
    if (record.length !== HEADER_SIZE + 1 || record[HEADER_SIZE] !== 1) {
      throw refusal(UNEXPECTED_MESSAGE, 'invalid ccs message')
    }
    this.handler.onMessage?.('received', CHANGE_CIPHER_SPEC, ONE)
    if (this.#joiner.hasMore) throw refusal(UNEXPECTED_MESSAGE, 'mixed handshake and non handshake data')
    if (++this.#droppedChangeCipherSpecs > MAX_CHANGE_CIPHER_SPECS)
      throw refusal(UNEXPECTED_MESSAGE, 'unexpected ccs message')
  }

  #receiveAlert(content: Uint8Array): void {
    this.handler.onMessage?.('received', ALERT, content)
    const alert = readAlert(content)
    if (alert === undefined) throw refusal(DECODE_ERROR, 'invalid alert')
    const { level, description } = alert
    if (level !== ALERT_LEVEL_WARNING && level !== ALERT_LEVEL_FATAL)
      throw refusal(ILLEGAL_PARAMETER, 'unknown alert type')
    if (description === CLOSE_NOTIFY) {
      this.#peerHasClosed = true
      this.tell(handler => handler.onCloseNotify?.())
      return
    }
    const is13 = this.info.version === 0x0304
    const isWarning = description === USER_CANCELED || (!is13 && level === ALERT_LEVEL_WARNING)
    if (!isWarning) throw alertReceived(description)
    // The peer refuses a renegotiation that we asked for; as OpenSSL, we fail the connection then.
    if (description === NO_RENEGOTIATION) throw refusal(HANDSHAKE_FAILURE, 'no renegotiation')
    if (++this.#warnings > MAX_WARNING_ALERTS) throw refusal(UNEXPECTED_MESSAGE, 'too many warn alerts')
  }

  #refuseWaitingInput(): void {
    throw refusal(UNEXPECTED_MESSAGE, 'unexpected message', 'too much before the ClientHello was answered')
  }

  // Writing.

  #queue(message: Uint8Array): void {
    if (this.#isDead) return
    this.handler.onMessage?.('sent', HANDSHAKE, message)
    this.#writer.queue(message)
  }

  #sendRecords(type: number, parts: readonly Uint8Array[]): void {
    this.#writer.send(type, parts)
    if (this.#writer.sequence > MAX_RECORDS_PER_KEY && this.info.version === 0x0304) this.connected?.updateKeys(false)
  }

  #sendAlert(level: number, description: AlertDescription): void {
    const alert = writeAlert({ level, description })
    this.handler.onMessage?.('sent', ALERT, alert)
    this.#sendRecords(ALERT, [alert])
  }

  // Ending, and dispatching events.

  #enter(action: () => void): void {
    this.#depth++
    try {
      action()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#depth--
    }
    // Within a call that reads, the events are dispatched at the end of its step.
    if (!this.#isReading && this.#pace === 'free') this.#tellEvents()
    this.#finishCall()
  }

  #finishCall(): void {
    if (this.#depth > 0) return
    if (!this.#isDead) this.#writer.flush()
    if (this.#writer.hasOutput) this.handler.onOutput()
  }

  #tellEvents(): void {
    this.#depth++
    try {
      let event: Event | undefined
      while ((event = this.#events.shift())) event(this.handler)
    } finally {
      this.#depth--
    }
  }

  #fail(error: unknown): void {
    if (this.#isDead) return
    const reported = asTlsError(error)
    this.#events.length = 0
    if (reported.by === 'local' && !reported.isSilent) this.#endWithAlert(reported.alert)
    else this.destroy()
    this.tell(handler => handler.onError(reported))
  }

  #endWithAlert(alert: AlertDescription): void {
    if (this.#ownEnd === 'open') this.#sendAlert(ALERT_LEVEL_FATAL, alert)
    this.destroy()
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

const ONE = Uint8Array.of(1)
