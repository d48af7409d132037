// TLS as a Connection over a Connection: drives a backend (our engine, as a rule) with what comes from below, and sends what it puts out. What is
// written before the handshake is done, and before the owner has seen whom it was done with, waits here; so does what has
// been decrypted and nobody reads. Policy (certificates, names, sessions) is the owner's.
//
// The backend's events are only noted while it works, and told afterwards: no callback can throw through it, or re-enter it.

import { silentSink } from '../../host/silent-sink.ts'
import type { Connection, ConnectionSink, Endpoint, Host, TextEncoding, WriteDone } from '../../host/types.ts'
import { writeCancelled, writeRefused } from '../errors.ts'
import type { BackendEvents, ClientOffer, TlsBackend } from './backend.ts'
import { BelowSink } from './below-sink.ts'
import { lingerMs, maxGatheredBytes, maxHeldBytes } from './limits.ts'
import { TlsOutput } from './tls-output.ts'

/** Whoever decides about a connection: makes its backend, hears its events, and says whether the peer will do. */
export interface TlsOwner {
  readonly host: Host
  /** Called once, when the handshake is to begin. */
  makeBackend(events: BackendEvents): TlsBackend
  /**
   * The handshake is done. Nothing has been sent or told yet: a peer that will not do is destroyed here.
   * @returns false: the owner will call `open()`
   */
  onSecure(): boolean
  onClientHello(offer: ClientOffer): void
  onRenegotiation(): void
  onKeyLog(line: string): void
  onSession(session: Uint8Array, id: Uint8Array): void
  onOcspResponse(response: Uint8Array | null): void
  /** It is over for those above: destroyed, failed or closed. Once. */
  onDestroyed(): void
  /** The connection below has closed, and the sink is about to hear of it. */
  onClosed(): void
}

/**
 * `waiting`: for `start()`. `open`: the owner has agreed to the peer. `failed`: an error has been told, or is about to.
 * `destroyed`: by us, and not closed yet.
 */
type State = 'waiting' | 'handshake' | 'open' | 'failed' | 'destroyed' | 'closed'

export class TlsConnection implements Connection {
  sink: ConnectionSink
  #below: Connection
  readonly #owner: TlsOwner
  #backend: TlsBackend | undefined
  #state: State = 'waiting'
  /** As far as the reader above has asked; the handshake reads all the same. */
  #isPaused = true
  /** The handshake waits for an answer from a program. */
  #isHeldUp = false
  /** What has come while a program was asked. The peer's end is noticed meanwhile, but it may not fill us up. */
  #heldBytes = 0
  /** The backend is working, or its events are being told: what is written goes out together afterwards. */
  #depth = 0
  #corks = 0
  /** Plaintext and events in the order in which they came. */
  #told: (Uint8Array | (() => void))[] = []
  #isTelling = false
  /** The peer ends here: 2 once the reader knows. */
  #end: 0 | 1 | 2 = 0
  #isTruncated = false
  readonly #output = new TlsOutput()
  #owesDrain = false
  /** The handshake is done; the owner's word may be yet to come. */
  #isSecured = false
  #isEnding = false
  #hasEnded = false
  #endDone: WriteDone | undefined
  #bytesRead = 0
  #bytesWritten = 0

  /** @param below - open, or still connecting: then `start()` waits for it */
  constructor(below: Connection, owner: TlsOwner, sink: ConnectionSink = silentSink) {
    this.#below = below
    this.#owner = owner
    this.sink = sink
    below.sink = new BelowSink(this)
  }

  /** What this stands on. */
  get below(): Connection {
    return this.#below
  }

  get backend(): TlsBackend | undefined {
    return this.#backend
  }

  /** The handshake is done, whatever the owner says to it. */
  get isSecured(): boolean {
    return this.#isSecured
  }

  /** The peer has been agreed to, and nothing has gone wrong since. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get isDestroyed(): boolean {
    return this.#state === 'failed' || this.#state === 'destroyed' || this.#state === 'closed'
  }

  /** The stream ended without close_notify: whoever cut it may have cut off its end. RFC 8446 section 6.1. */
  get isTruncated(): boolean {
    return this.#isTruncated
  }

  /** Begins the handshake. */
  start(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'handshake'
    this.below.resume()
    this.run(() => {
      this.#backend = this.#owner.makeBackend(this.#events())
      this.#backend.start()
    })
  }

  /** Works with the backend: its output is sent afterwards in one, and its events are told on a turn of their own. */
  run(work: () => void): void {
    this.#depth++
    try {
      work()
    } finally {
      this.#depth--
      if (this.#depth === 0) this.#send(undefined)
    }
    if (this.#told.length > 0 && this.#depth === 0) queueMicrotask(() => this.#tell())
  }

  #events(): BackendEvents {
    const later = (fn: () => void): void => {
      this.#told.push(fn)
      this.#tellSoon()
    }
    return {
      onOutput: () => {
        if (this.#depth === 0) this.#send(undefined)
      },
      takeNative: () => this.#below.takeNative?.(),
      standOn: connection => {
        this.#below = connection
        connection.sink = new BelowSink(this)
        connection.resume()
      },
      onHandshakeDone: () => later(() => this.#onHandshakeDone()),
      onData: data => {
        this.#told.push(data)
        this.#tellSoon()
      },
      onEnd: isTruncated => {
        if (this.#end > 0) return
        this.#isTruncated = isTruncated
        this.#end = 1
        this.#tellSoon()
      },
      onClientHello: offer => later(() => this.#owner.onClientHello(offer)),
      onRenegotiation: () => later(() => this.#owner.onRenegotiation()),
      onKeyLog: line => later(() => this.#owner.onKeyLog(line)),
      onSession: (session, id) => later(() => this.#owner.onSession(session, id)),
      onOcspResponse: response => later(() => this.#owner.onOcspResponse(response)),
      onError: error => later(() => this.#fail(error)),
    }
  }

  /** While the backend works, whoever called it tells afterwards. */
  #tellSoon(): void {
    if (this.#depth === 0) queueMicrotask(() => this.#tell())
  }

  // From below

  receive(chunk: Uint8Array): void {
    const backend = this.#backend
    if (backend === undefined || this.isDestroyed) return
    if (backend.isTransparent && this.#state === 'open' && !this.#isPaused && this.#told.length === 0) {
      this.#bytesRead += chunk.byteLength
      this.sink.onData(chunk)
      return
    }
    if (this.#isHeldUp || (this.#isSecured && this.#state === 'handshake')) this.#hold(chunk)
    this.#depth++
    try {
      backend.receive(chunk)
    } finally {
      this.#depth--
      // What the backend has put out goes after what is told: a peer that will not do gets no last flight, and no certificate
      // of ours; and an answer travels with it.
      this.#tell()
    }
  }

  #hold(chunk: Uint8Array): void {
    this.#heldBytes += chunk.byteLength
    if (this.#heldBytes > maxHeldBytes) this.below.pause()
  }

  receiveEnd(): void {
    const backend = this.#backend
    if (this.isDestroyed) return
    if (backend) {
      this.#depth++
      backend.receiveEnd()
      this.#depth--
    } else this.#end = 1
    this.#tell()
  }

  receiveDrain(): void {
    if (!this.#owesDrain || this.#output.waitingBytes > maxGatheredBytes || this.isDestroyed) return
    this.#owesDrain = false
    this.sink.onDrain()
  }

  receiveError(error: Error): void {
    if (this.isDestroyed) return
    // The peer was gone before it had our end: nothing that anybody waits for is lost. As in Node.
    if (this.#isEnding && (error as { syscall?: string }).syscall === 'write') return
    const told = this.#backend ? this.#backend.explain(error) : error
    if (told === undefined) {
      this.receiveEnd()
      return
    }
    this.#state = 'failed'
    this.#told = []
    try {
      this.sink.onError(told)
    } finally {
      this.#owner.onDestroyed()
    }
  }

  receiveClose(hadError: boolean): void {
    const hasFailed = this.#state === 'failed' || (hadError && !this.#isEnding)
    const wasDestroyed = this.isDestroyed
    this.#state = 'closed'
    this.#told = []
    this.#backend?.destroy()
    this.#output.drop()
    // As in Node: the server's count falls first, then what is below closes, then what is above.
    if (!wasDestroyed) this.#owner.onDestroyed()
    this.#owner.onClosed()
    this.sink.onClose(hasFailed)
  }

  // Telling

  /** Tells what has come, in order, as far as it is read. What it brings about is sealed and sent in one. */
  #tell(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#depth++
    let hasThrown = true
    try {
      this.#tellAll()
      hasThrown = false
    } finally {
      this.#isTelling = false
      this.#depth--
      // A listener has thrown: the rest is still to be told, the verdict on the peer perhaps, and nothing leaves before it.
      if (hasThrown) queueMicrotask(() => this.#tell())
      else if (this.#depth === 0) this.#flush()
    }
    if (this.#state === 'open' && this.#isPaused) this.below.pause()
  }

  #tellAll(): void {
    for (;;) {
      const [next] = this.#told
      if (next === undefined) break
      if (typeof next === 'function') {
        this.#told.shift()
        next()
      } else {
        if (this.#isPaused || this.#state !== 'open') break
        this.#told.shift()
        this.#bytesRead += next.byteLength
        this.sink.onData(next)
      }
    }
    if (this.#end !== 1 || this.#told.length > 0 || this.isDestroyed) return
    if (this.#state === 'open' && this.#isPaused) return
    this.#end = 2
    this.sink.onEnd()
  }

  #onHandshakeDone(): void {
    if (this.isDestroyed) return
    this.#isSecured = true
    if (this.#owner.onSecure()) this.open()
  }

  /** The owner agrees to the peer: what waits may pass. */
  open(): void {
    // Later handshakes on the same connection are no news to the reader.
    if (this.#state !== 'handshake') return
    this.#state = 'open'
    this.#flush()
    if (this.#owesDrain && this.below.bufferedBytes === 0) this.receiveDrain()
    if (this.#isEnding) this.#sendEnd()
    if (this.#told.length > 0 || this.#end === 1) this.#tellSoon()
    if (this.#isPaused) this.below.pause()
    else this.below.resume()
  }

  #fail(error: Error): void {
    if (this.isDestroyed) return
    this.#writeOutput(undefined)
    const isWriteRefused = this.#state === 'handshake' && this.#output.hasWaiting
    const told = isWriteRefused ? writeRefused(error) : error
    this.#state = 'failed'
    this.#told = []
    this.#backend?.destroy()
    if (isWriteRefused) this.#output.refuse(told)
    this.#output.drop()
    // While it is told, the connection still has its addresses.
    try {
      this.sink.onError(told)
    } finally {
      this.#owner.onDestroyed()
      this.#linger()
    }
  }

  /** Closes once the alert has left, or when the peer has had its time to take it. */
  #linger(): void {
    const { below } = this
    if (below.bufferedBytes === 0) {
      below.destroy()
      return
    }
    const timer = this.#owner.host.clock.setTimer(() => below.destroy(), lingerMs)
    timer.unref()
    below.end(() => {
      timer.cancel()
      below.destroy()
    })
  }

  /** A program is asked: the handshake waits until `goOn()`. */
  holdUp(): void {
    this.#isHeldUp = true
  }

  goOn(answer: () => void): void {
    if (this.isDestroyed || !this.#isHeldUp) return
    this.#isHeldUp = false
    this.#heldBytes = 0
    this.below.resume()
    this.run(answer)
  }

  // As a Connection

  get local(): Endpoint | undefined {
    return this.below.local
  }

  get remote(): Endpoint | undefined {
    return this.below.remote
  }

  get bytesRead(): number {
    return this.#bytesRead
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  get bufferedBytes(): number {
    return this.#output.waitingBytes + (this.#backend?.pendingBytes ?? 0) + this.below.bufferedBytes
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    if (this.isDestroyed || this.#isEnding) {
      if (done) queueMicrotask(() => done(writeCancelled()))
      return false
    }
    if (this.#isDirect) {
      this.#bytesWritten += typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength
      const mayGoOn = this.#below.write(data, encoding, done)
      if (!mayGoOn) this.#owesDrain = true
      return mayGoOn
    }
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data
    this.#bytesWritten += bytes.byteLength
    if (this.#state === 'open' && this.#depth === 0 && this.#corks === 0 && !this.#output.hasWaiting) {
      if (bytes.byteLength > 0) this.#encrypt(bytes)
      return this.#send(done)
    }
    this.#output.add(bytes, done)
    // Nobody had to begin yet: what is to be said needs a handshake.
    if (this.#state === 'waiting') this.start()
    if (this.#output.waitingBytes < maxGatheredBytes) return !this.#owesDrain
    if (this.#state === 'open') return this.#flush()
    this.#owesDrain = true
    return false
  }

  /** Nothing stands between the writer and the connection below. */
  get #isDirect(): boolean {
    return this.#state === 'open' && this.#backend?.isTransparent === true && !this.#output.hasWaiting
  }

  cork(): void {
    this.#corks++
    if (this.#isDirect) this.#below.cork()
  }

  uncork(): void {
    if (this.#corks === 0) return
    this.#corks--
    if (this.#isDirect) this.#below.uncork()
    if (this.#corks === 0 && this.#depth === 0) this.#flush()
  }

  pause(): void {
    this.#isPaused = true
    if (this.#state === 'open') this.below.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#state !== 'open') return
    if (this.#told.length > 0 || this.#end === 1) queueMicrotask(() => this.#tell())
    if (!this.#isHeldUp) this.below.resume()
  }

  end(done?: WriteDone): void {
    if (this.#isEnding || this.isDestroyed) {
      if (done) queueMicrotask(() => done())
      return
    }
    this.#isEnding = true
    this.#endDone = done
    if (this.#state === 'open') this.#sendEnd()
    else if (!this.#isSecured && !this.#output.hasWaiting) this.#endUnsecured()
  }

  /** Nothing was to be said: the peer is told so by FIN alone, as no alert would be believed before the handshake. */
  #endUnsecured(): void {
    this.#hasEnded = true
    this.below.end(this.#endDone)
  }

  #sendEnd(): void {
    if (this.#hasEnded) return
    this.#writeOutput(this.#seal())
    this.#backend?.closeNotify(() => {
      this.#writeOutput(undefined)
      if (this.#hasEnded || this.isDestroyed) return
      this.#hasEnded = true
      this.below.end(this.#endDone)
    })
  }

  /** What was written before is still sealed and sent, as by the runtime, which seals within the call. */
  destroy(): void {
    if (this.#state === 'open') this.#flush()
    if (this.#drop()) this.below.destroy()
  }

  reset(): void {
    if (this.#drop()) this.below.reset()
  }

  /** @returns whether it is ours to close: one that has failed closes by itself */
  #drop(): boolean {
    if (this.isDestroyed) return false
    this.#state = 'destroyed'
    this.#told = []
    this.#backend?.destroy()
    this.#output.drop()
    this.#owner.onDestroyed()
    return true
  }

  setNoDelay(on: boolean): void {
    this.below.setNoDelay(on)
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void {
    this.below.setKeepAlive(on, initialDelayMs, intervalMs, probes)
  }

  get setTypeOfService(): ((tos: number) => void) | undefined {
    const { below } = this
    return below.setTypeOfService && (tos => below.setTypeOfService?.(tos))
  }

  get getTypeOfService(): (() => number) | undefined {
    const { below } = this
    return below.getTypeOfService && (() => below.getTypeOfService?.() ?? 0)
  }

  ref(): void {
    this.below.ref()
  }

  unref(): void {
    this.below.unref()
  }

  // Sending

  /** @returns as `write` does */
  #flush(): boolean {
    if (this.#hasEnded || this.isDestroyed) return true
    return this.#send(this.#state === 'open' ? this.#seal() : undefined)
  }

  // What the backend puts out meanwhile is the caller's to send: with it goes whom to tell, and what the connection below says to it.

  #encrypt(bytes: Uint8Array): void {
    this.#depth++
    try {
      this.#backend?.write(bytes)
    } finally {
      this.#depth--
    }
  }

  /** @returns whom to tell when it is sent */
  #seal(): WriteDone | undefined {
    this.#depth++
    try {
      return this.#output.seal(this.#backend as TlsBackend)
    } finally {
      this.#depth--
    }
  }

  #send(done: WriteDone | undefined): boolean {
    const mayGoOn = this.#writeOutput(done)
    if (!mayGoOn) this.#owesDrain = true
    return mayGoOn
  }

  #writeOutput(done: WriteDone | undefined): boolean {
    const backend = this.#backend
    if (backend === undefined) return true
    return this.#output.send(backend, this.#below, done, this.#hasEnded && this.#state !== 'failed')
  }
}
