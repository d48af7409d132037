// What an http server must do, as far as its connections, time-outs and answers go: a model with no sockets and no bytes but their
// number. It hears of the same acts as the server, and says which connections are open, what each peer has heard, and how often the
// program was told of errors.

import { type ErrorMode, type Message, type MessageName, message, type Setting } from './acts.ts'

export const HEADERS_TIMEOUT = 1000
export const REQUEST_TIMEOUT = 3000
export const KEEP_ALIVE_TIMEOUT = 5000
/** What Node adds to what it announces. */
const KEEP_ALIVE_BUFFER = 1000

interface Exchange {
  /** Heard by the peer once it is this exchange's turn: a status, then pieces of the body. */
  readonly waiting: string[]
  hasBegun: boolean
  isDone: boolean
  /** The connection ends with it. */
  readonly isLast: boolean
}

/** One connection, seen from both ends. */
export class PeerModel {
  isOpen: boolean
  isUpgraded = false
  readonly heard: string[] = []
  /** What the peer has begun to send, or shall send, up to the bytes that it holds back. */
  stream: Message[] = []
  held = 0
  /** No further message makes sense behind one that ends the connection. */
  isFinal = false
  exchanges: Exchange[] = []
  /** When the time of the message being read began; before the first message, the connection's own beginning. */
  begun: number | undefined
  hasHead = false
  isReportedLate = false
  /** A listener has thrown: the next bytes are an error. */
  isInterrupted = false
  hasFailed = false
  /** The last answer has been given, and the connection closes. */
  isEnding = false
  isKeptAlive = false
  timer: { readonly delay: number; since: number } | undefined

  constructor(isOpen: boolean, now: number, timeout: number) {
    this.isOpen = isOpen
    this.begun = now
    this.timer = timeout > 0 ? { delay: timeout, since: now } : undefined
  }

  get isServed(): boolean {
    return this.isOpen && !this.isUpgraded
  }

  get isMidMessage(): boolean {
    const [first] = this.stream
    // Line breaks between messages are no message.
    return first !== undefined && first.name !== 'line-break' && first.received > 0
  }

  /** When the next time-out passes, and which. */
  nextExpiry(isChecking: boolean): { readonly at: number; readonly kind: 'late' | 'idle' } | undefined {
    if (!this.isServed) return undefined
    const idleAt = this.timer === undefined ? Number.POSITIVE_INFINITY : this.timer.since + this.timer.delay
    let lateAt = Number.POSITIVE_INFINITY
    if (isChecking && this.begun !== undefined && !this.isReportedLate) {
      lateAt = this.begun + (this.hasHead ? REQUEST_TIMEOUT : HEADERS_TIMEOUT)
    }
    if (idleAt === lateAt) return undefined
    return idleAt < lateAt ? { at: idleAt, kind: 'idle' } : { at: lateAt, kind: 'late' }
  }
}

export class ServerModel {
  readonly #setting: Setting
  now = 0
  readonly peers: PeerModel[] = []
  isListening = true
  closes = 0
  clientErrors = 0
  thrown = 0
  /** Requests that the program has not answered yet, oldest first. */
  #unanswered: { readonly peer: PeerModel; readonly exchange: Exchange }[] = []
  #upgraded: PeerModel[] = []

  constructor(setting: Setting) {
    this.#setting = setting
  }

  get openConnections(): number {
    return this.peers.filter(({ isOpen }) => isOpen).length
  }

  get #errorMode(): ErrorMode {
    return this.#setting.errorMode
  }

  connect(): PeerModel {
    const peer = new PeerModel(this.isListening, this.now, this.#setting.timeout)
    this.peers.push(peer)
    return peer
  }

  /** @returns the messages that make sense for this peer now, which the real peer sends */
  accept(peer: PeerModel, names: readonly MessageName[]): MessageName[] {
    const accepted: MessageName[] = []
    if (!peer.isOpen || peer.isUpgraded || peer.isFinal || peer.held > 0) return accepted
    for (const name of names) {
      if (peer.isFinal && name !== 'broken') break
      // What an upgrade makes of answers that are still due is another story.
      const isUpgrade = name === 'upgrade' || name === 'connect'
      if (isUpgrade && (accepted.length > 0 || peer.exchanges.length > 0 || names.length > 1)) continue
      // Whether the answers before it in one packet are through depends on the ticks that the runtime runs meanwhile.
      const before = accepted.at(-1)
      if (name === 'broken' && before !== undefined) {
        if (before !== 'no-host-body' || this.#errorMode === 'no-listener') break
      }
      accepted.push(name)
      if (name === 'no-host' || name === 'no-host-body') peer.isFinal = true
      else if (name === 'close' || name === 'broken') {
        peer.isFinal = true
        break
      }
    }
    return accepted
  }

  /** One packet. */
  receive(peer: PeerModel, names: readonly MessageName[], held: number): void {
    peer.stream.push(...names.map(message))
    const total = peer.stream.reduce((sum, { text, received }) => sum + text.length - received, 0)
    peer.held = held
    this.#deliver(peer, total - held)
  }

  receiveRest(peer: PeerModel): void {
    const { held } = peer
    peer.held = 0
    this.#deliver(peer, held)
  }

  #deliver(peer: PeerModel, bytes: number): void {
    let left = bytes
    if (left === 0 || !peer.isServed) return
    if (peer.isInterrupted) this.#fail(peer)
    while (left > 0 && peer.isServed && !peer.isInterrupted) {
      const first = peer.stream[0] as Message
      const taken = Math.min(left, first.text.length - first.received)
      left -= taken
      if (first.name === 'broken') {
        this.#fail(peer)
        break
      }
      if (first.name !== 'line-break') this.#read(peer, first, taken)
      else first.received += taken
      if (first.received === first.text.length) peer.stream.shift()
    }
    if (peer.timer) peer.timer.since = this.now
    if (peer.isEnding) this.#close(peer)
  }

  #read(peer: PeerModel, first: Message, bytes: number): void {
    if (first.received === 0) {
      peer.begun = this.now
      peer.hasHead = false
      peer.isReportedLate = false
    }
    first.received += bytes
    if (!peer.hasHead && first.received >= first.headLength) {
      peer.hasHead = true
      this.#receiveHead(peer, first.name)
    }
    if (first.received < first.text.length || peer.isInterrupted) return
    peer.begun = undefined
    if (first.name === 'upgrade' || first.name === 'connect') {
      peer.isUpgraded = true
      this.#upgraded.push(peer)
    }
  }

  #receiveHead(peer: PeerModel, name: MessageName): void {
    if (peer.isKeptAlive) {
      peer.isKeptAlive = false
      peer.timer = this.#setting.timeout > 0 ? { delay: this.#setting.timeout, since: this.now } : undefined
    }
    if (name === 'upgrade' || name === 'connect') return
    const isRefused = name === 'no-host' || name === 'no-host-body'
    const isAnswered = isRefused || name === 'now' || name === 'body' || name === 'close'
    const waiting = isRefused ? ['400'] : isAnswered ? ['200', 'now'] : name === 'stream' ? ['200', 'start'] : []
    const exchange = { waiting, hasBegun: false, isDone: isAnswered, isLast: isRefused || name === 'close' }
    peer.exchanges.push(exchange)
    if (name === 'patient') peer.timer = undefined
    if (name === 'throw') {
      this.thrown++
      peer.isInterrupted = true
    } else if (!isAnswered) this.#unanswered.push({ peer, exchange })
    this.#flush(peer)
  }

  #flush(peer: PeerModel): void {
    for (let first = peer.exchanges[0]; first !== undefined; first = peer.exchanges[0]) {
      if (first.waiting.length > 0) {
        first.hasBegun = true
        peer.heard.push(...first.waiting.splice(0))
        if (peer.timer) peer.timer.since = this.now
      }
      if (!first.isDone) return
      peer.exchanges.shift()
      if (first.isLast) peer.isEnding = true
      else if (peer.exchanges.length === 0) {
        peer.isKeptAlive = true
        peer.timer = { delay: KEEP_ALIVE_TIMEOUT + KEEP_ALIVE_BUFFER, since: this.now }
      }
    }
  }

  /** The program answers the oldest request, or writes a piece of its answer. */
  write(token: string, isEnd: boolean): void {
    const oldest = isEnd ? this.#unanswered.shift() : this.#unanswered[0]
    if (oldest === undefined || !oldest.peer.isServed) return
    const { peer, exchange } = oldest
    if (!exchange.hasBegun && exchange.waiting.length === 0) exchange.waiting.push('200')
    exchange.waiting.push(token)
    exchange.isDone = isEnd
    this.#flush(peer)
    if (peer.isEnding) this.#close(peer)
  }

  /** The program destroys the oldest socket that it was given. */
  release(): void {
    const peer = this.#upgraded.shift()
    if (peer !== undefined) this.#close(peer)
  }

  /** The peer's bytes make no sense, or end too early. */
  #fail(peer: PeerModel): void {
    const wasLast = peer.isEnding
    const hasBegun = peer.exchanges[0]?.hasBegun === true
    this.#reportError(peer)
    if (this.#errorMode === 'no-listener') {
      if (!wasLast && !hasBegun) peer.heard.push('400')
    } else if (this.#errorMode === 'answers' && !wasLast) peer.heard.push('499')
    this.#close(peer)
  }

  #reportError(peer: PeerModel): void {
    peer.hasFailed = true
    if (this.#errorMode === 'no-listener') return
    this.clientErrors++
    if (this.#errorMode === 'throws') this.thrown++
  }

  end(peer: PeerModel): void {
    if (!peer.isOpen) return
    if (peer.isServed && peer.isMidMessage && !peer.isInterrupted) this.#fail(peer)
    else this.#close(peer)
  }

  /** The peer's socket is destroyed: what is sent to it is heard by nobody. */
  leave(peer: PeerModel, isReset: boolean): void {
    if (!peer.isOpen) return
    const { length } = peer.heard
    if (isReset && peer.isServed && !peer.hasFailed) this.#reportError(peer)
    if (isReset) this.#close(peer)
    else this.end(peer)
    peer.heard.length = length
  }

  closeIdle(): void {
    for (const peer of this.peers) {
      if (peer.isServed && peer.begun === undefined && peer.exchanges.length === 0) this.#close(peer)
    }
  }

  closeAll(): void {
    for (const peer of this.peers) if (peer.isServed) this.#close(peer)
  }

  close(): void {
    if (!this.isListening) return
    this.isListening = false
    this.closeIdle()
    if (this.openConnections === 0) this.closes = 1
  }

  #close(peer: PeerModel): void {
    if (!peer.isOpen) return
    peer.isOpen = false
    peer.exchanges = []
    if (!this.isListening && this.openConnections === 0) this.closes++
  }

  // Time

  /** Some time-out is so near that the model does not know whether it has passed: the clock's steps are coarser. */
  get isUnclear(): boolean {
    return this.#expiries().some(({ at }) => at > this.now - 150 && at < this.now + 20)
  }

  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const [first] = this.#expiries().sort((a, b) => a.at - b.at)
      if (first === undefined || first.at > end) break
      this.now = Math.max(this.now, first.at)
      this.#expire(first.peer, first.kind)
    }
    this.now = end
  }

  #expiries(): { readonly peer: PeerModel; readonly at: number; readonly kind: 'late' | 'idle' }[] {
    return this.peers.flatMap(peer => {
      const expiry = peer.nextExpiry(this.isListening)
      return expiry === undefined ? [] : [{ peer, ...expiry }]
    })
  }

  #expire(peer: PeerModel, kind: 'late' | 'idle'): void {
    if (kind === 'idle') {
      this.#close(peer)
      return
    }
    const hasBegun = peer.exchanges[0]?.hasBegun === true
    this.#reportError(peer)
    peer.isReportedLate = true
    // This program lets those that are late go on.
    if (this.#errorMode === 'answers') return
    if (this.#errorMode === 'no-listener' && !hasBegun) peer.heard.push('408')
    this.#close(peer)
  }
}
