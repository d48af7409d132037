// TLS as a Connection over a Connection, the transport: steps a backend (our engine, as a rule) over what the transport brings, and
// sends what it puts out. What is written before the handshake is done, and before the policy has agreed to the peer, waits here.
// Who may be at the other end (certificates, names, sessions) is the policy's to say.
//
// The backend does one thing at a time: it dispatches an event, or reads a record and dispatches what that brought about. So nothing is
// read ahead of what the reader has taken, but for one record; and a callback that throws, or calls back in, finds no work half done.

import { silentSink } from '../../host/silent-sink.ts'
import type { Connection, ConnectionSink, TextEncoding, WriteDone } from '../../host/types.ts'
import { writeCancelled, writeRefused } from '../errors.ts'
import type { BackendHandler, TlsBackend } from './backend.ts'
import type { ConnectionPolicy } from './connection-policy.ts'
import { lingerMs, maxGatheredBytes, maxHeldBytes } from './limits.ts'
import { OverTransport } from './over-transport.ts'
import { TlsOutput } from './tls-output.ts'

/**
 *     waiting --start()--> handshake --Finished--> secured --open()--> open
 *        |                     |                      |                 |
 *        +---------------------+----------------------+-----------------+--> failed, destroyed --> closed
 *
 * `secured`: the policy has not agreed to the peer yet. `failed`: an error has been reported, or is about to be. `destroyed`: by us,
 * and the transport has not closed yet.
 */
type State = 'waiting' | 'handshake' | 'secured' | 'open' | 'failed' | 'destroyed' | 'closed'

/** `ending`: what was written goes first. `ended`: nothing may follow any more. */
type OwnEnd = 'open' | 'ending' | 'ended'

/** `ending`, and `cutting` without close_notify: until the reader knows; then `ended` and `cut`. */
type PeerEnd = 'open' | 'ending' | 'cutting' | 'ended' | 'cut'

export class TlsConnection extends OverTransport implements Connection, ConnectionSink, BackendHandler {
  sink: ConnectionSink
  readonly #policy: ConnectionPolicy
  #backend: TlsBackend | undefined
  #state: State = 'waiting'
  #ownEnd: OwnEnd = 'open'
  #peerEnd: PeerEnd = 'open'
  /** As far as the reader above has asked; the handshake reads all the same. */
  #isPaused = true
  /** A program has been asked: the handshake waits for its answer. */
  #isSuspended = false
  /** What has come while a program was asked. The peer's end is noticed meanwhile, but it may not fill us up. */
  #heldBytes = 0
  /** The backend is at work, or dispatches an event: what is written meanwhile goes out together afterwards. */
  #depth = 0
  #isAdvancing = false
  #corks = 0
  /** A record's plaintext that the reader has not taken: no step is made until it has. */
  #unread: Uint8Array | undefined
  readonly #output: TlsOutput
  #owesDrain = false
  #endDone: WriteDone | undefined
  #bytesRead = 0
  #bytesWritten = 0

  /** @param transport - open, or still connecting: then `start()` waits for it */
  constructor(transport: Connection, policy: ConnectionPolicy, sink: ConnectionSink = silentSink) {
    super(transport)
    this.#policy = policy
    this.#output = new TlsOutput(policy.host.clock)
    this.sink = sink
    transport.sink = this
  }

  get backend(): TlsBackend | undefined {
    return this.#backend
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
    return this.#peerEnd === 'cutting' || this.#peerEnd === 'cut'
  }

  /** Begins the handshake. */
  start(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'handshake'
    this.transport.resume()
    this.run(() => {
      this.#backend = this.#policy.makeBackend(this)
      this.#backend.start()
    })
  }

  /** Works with the backend: its output is sent afterwards in one, and what is pending is dispatched on a turn of its own. */
  run(work: () => void): void {
    this.#depth++
    try {
      work()
    } finally {
      this.#depth--
      if (this.#depth === 0) this.#send(undefined)
    }
    if (this.#depth === 0 && this.#hasPending) this.#advanceSoon()
  }

  // Reading: the transport's bytes, one step after another

  /** From the transport. */
  onConnect(): void {}

  /** From the transport. */
  onData(chunk: Uint8Array): void {
    const backend = this.#backend
    if (backend === undefined || this.isDestroyed) return
    if (backend.isTransparent && this.#mayRead && !this.#hasPending) {
      this.onPlaintext(chunk)
      return
    }
    if (this.#isSuspended || this.#state === 'secured') this.#hold(chunk)
    this.#depth++
    try {
      backend.receive(chunk)
    } finally {
      this.#depth--
      // What the backend puts out is sent after its events: a rejected peer gets no last flight, and no certificate of ours; and
      // an answer travels with it.
      this.#advance()
    }
  }

  #hold(chunk: Uint8Array): void {
    this.#heldBytes += chunk.byteLength
    if (this.#heldBytes > maxHeldBytes) this.transport.pause()
  }

  /** Takes steps while there are any, and the reader takes what they bring. What it all brings about is sealed and sent in one. */
  #advance(): void {
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    this.#depth++
    let hasThrown = true
    try {
      while (this.#step());
      this.#deliverEnd()
      hasThrown = false
    } finally {
      this.#isAdvancing = false
      this.#depth--
      // A listener has thrown: the rest is still to come, the verdict on the peer perhaps, and nothing leaves before it.
      if (hasThrown) this.#advanceSoon()
      else if (this.#depth === 0) this.#flush()
    }
    if (this.#state === 'open' && this.#isPaused) this.transport.pause()
  }

  #advanceSoon(): void {
    queueMicrotask(() => this.#advance())
  }

  #step(): boolean {
    if (this.isDestroyed) return false
    if (this.#unread === undefined) return this.#backend?.step() ?? false
    if (!this.#mayRead) return false
    const data = this.#unread
    this.#unread = undefined
    this.#deliver(data)
    return true
  }

  get #mayRead(): boolean {
    return this.#state === 'open' && !this.#isPaused
  }

  #deliver(data: Uint8Array): void {
    this.#bytesRead += data.byteLength
    this.sink.onData(data)
  }

  #deliverEnd(): void {
    const end = this.#peerEnd
    if ((end !== 'ending' && end !== 'cutting') || this.#unread !== undefined || this.isDestroyed) return
    if (this.#state === 'open' && this.#isPaused) return
    this.#peerEnd = end === 'ending' ? 'ended' : 'cut'
    this.sink.onEnd()
  }

  /** There is something to deliver once the reader takes it. */
  get #hasPending(): boolean {
    if (this.#unread !== undefined || this.#peerEnd === 'ending' || this.#peerEnd === 'cutting') return true
    return this.#backend?.hasPending === true
  }

  /** From the transport. */
  onEnd(): void {
    if (this.isDestroyed) return
    if (this.#backend) {
      this.#depth++
      this.#backend.receiveEnd()
      this.#depth--
    } else this.#peerEnd = 'ending'
    this.#advance()
  }

  /** From the transport. */
  onDrain(): void {
    if (!this.#owesDrain || this.#output.waitingBytes > maxGatheredBytes || this.isDestroyed) return
    this.#owesDrain = false
    this.sink.onDrain()
  }

  /** From the transport. */
  onError(error: Error): void {
    if (this.isDestroyed) return
    // The peer was gone before it had our end: nothing that anybody waits for is lost. As in Node.
    if (this.#ownEnd !== 'open' && (error as { syscall?: string }).syscall === 'write') return
    const explained = this.#backend ? this.#backend.explain(error) : error
    if (explained === undefined) {
      this.onEnd()
      return
    }
    this.#state = 'failed'
    this.#unread = undefined
    try {
      this.sink.onError(explained)
    } finally {
      this.#policy.onDestroyed()
    }
  }

  /** From the transport. */
  onClose(hadError: boolean): void {
    const hasFailed = this.#state === 'failed' || (hadError && this.#ownEnd === 'open')
    const wasDestroyed = this.isDestroyed
    this.#state = 'closed'
    this.#release()
    // As in Node: the server's count falls first, then the transport closes, then what is above.
    if (!wasDestroyed) this.#policy.onDestroyed()
    this.#policy.onTransportClosed()
    this.sink.onClose(hasFailed)
  }

  /** Keys and all that waits are dropped. */
  #release(): void {
    this.#unread = undefined
    this.#backend?.destroy()
    this.#output.drop()
  }

  // From the backend

  onOutput(): void {
    if (this.#depth === 0) this.#send(undefined)
  }

  onPlaintext(data: Uint8Array): void {
    if (this.#mayRead) this.#deliver(data)
    else this.#unread = data
  }

  onPeerEnd(isTruncated: boolean): void {
    if (this.#peerEnd === 'open') this.#peerEnd = isTruncated ? 'cutting' : 'ending'
  }

  onHandshakeDone(): void {
    if (this.isDestroyed) return
    // Later handshakes on the same connection are no news to the reader.
    if (this.#state === 'handshake') this.#state = 'secured'
    if (this.#policy.onSecure()) this.open()
  }

  onFailure(error: Error): void {
    if (this.isDestroyed) return
    this.#writeOutput(undefined)
    const isWriteRefused = (this.#state === 'handshake' || this.#state === 'secured') && this.#output.hasWaiting
    const reported = isWriteRefused ? writeRefused(error) : error
    this.#state = 'failed'
    this.#unread = undefined
    this.#backend?.destroy()
    if (isWriteRefused) this.#output.refuse(reported)
    this.#output.drop()
    // While it is reported, the connection still has its addresses.
    try {
      this.sink.onError(reported)
    } finally {
      this.#policy.onDestroyed()
      this.#linger()
    }
  }

  /** Closes once the alert has left, or when the peer has had its time to take it. */
  #linger(): void {
    const { transport } = this
    if (transport.bufferedBytes === 0) {
      transport.destroy()
      return
    }
    const timer = this.#policy.host.clock.setTimer(() => transport.destroy(), lingerMs)
    timer.unref()
    transport.end(() => {
      timer.cancel()
      transport.destroy()
    })
  }

  // From the policy

  /** The policy agrees to the peer: what waits may pass. */
  open(): void {
    if (this.#state !== 'secured') return
    this.#state = 'open'
    this.#flush()
    if (this.#owesDrain && this.transport.bufferedBytes === 0) this.onDrain()
    if (this.#ownEnd === 'ending') this.#sendEnd()
    if (this.#depth === 0 && this.#hasPending) this.#advanceSoon()
    if (this.#isPaused) this.transport.pause()
    else this.transport.resume()
  }

  /** A program is asked: the handshake waits until `resumeHandshake()`. */
  suspendHandshake(): void {
    this.#isSuspended = true
  }

  resumeHandshake(answer: () => void): void {
    if (this.isDestroyed || !this.#isSuspended) return
    this.#isSuspended = false
    this.#heldBytes = 0
    this.transport.resume()
    this.run(answer)
  }

  // As a Connection

  get bytesRead(): number {
    return this.#bytesRead
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  get bufferedBytes(): number {
    return this.#output.waitingBytes + (this.#backend?.pendingBytes ?? 0) + this.transport.bufferedBytes
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    if (this.isDestroyed || this.#ownEnd !== 'open') {
      if (done) queueMicrotask(() => done(writeCancelled()))
      return false
    }
    if (this.#isDirect) {
      this.#bytesWritten += typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength
      const mayGoOn = this.transport.write(data, encoding, done)
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
    // Nothing has begun yet: what is written needs a handshake.
    if (this.#state === 'waiting') this.start()
    if (this.#output.waitingBytes < maxGatheredBytes) return !this.#owesDrain
    if (this.#state === 'open') return this.#flush()
    this.#owesDrain = true
    return false
  }

  /** Nothing stands between the writer and the transport. */
  get #isDirect(): boolean {
    return this.#state === 'open' && this.#backend?.isTransparent === true && !this.#output.hasWaiting
  }

  cork(): void {
    this.#corks++
    if (this.#isDirect) this.transport.cork()
  }

  uncork(): void {
    if (this.#corks === 0) return
    this.#corks--
    if (this.#isDirect) this.transport.uncork()
    if (this.#corks === 0 && this.#depth === 0) this.#flush()
  }

  pause(): void {
    this.#isPaused = true
    if (this.#state === 'open') this.transport.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#state !== 'open') return
    if (this.#hasPending) this.#advanceSoon()
    if (!this.#isSuspended) this.transport.resume()
  }

  end(done?: WriteDone): void {
    if (this.#ownEnd !== 'open' || this.isDestroyed) {
      if (done) queueMicrotask(() => done())
      return
    }
    this.#ownEnd = 'ending'
    this.#endDone = done
    if (this.#state === 'open') this.#sendEnd()
    else if (this.#state !== 'secured' && !this.#output.hasWaiting) this.#endUnsecured()
  }

  /** Nothing was written: a FIN alone says so, as no alert would be believed before the handshake. */
  #endUnsecured(): void {
    this.#ownEnd = 'ended'
    this.transport.end(this.#endDone)
  }

  #sendEnd(): void {
    if (this.#ownEnd === 'ended') return
    this.#writeOutput(this.#seal())
    this.#backend?.closeNotify(() => {
      this.#writeOutput(undefined)
      if (this.#ownEnd === 'ended' || this.isDestroyed) return
      this.#ownEnd = 'ended'
      this.transport.end(this.#endDone)
    })
  }

  /** What was written before is still sealed and sent, as by the runtime, which seals within the call. */
  destroy(): void {
    if (this.#state === 'open') this.#flush()
    if (this.#drop()) this.transport.destroy()
  }

  reset(): void {
    if (this.#drop()) this.transport.reset()
  }

  /** @returns whether it is ours to close: one that has failed closes by itself */
  #drop(): boolean {
    if (this.isDestroyed) return false
    this.#state = 'destroyed'
    this.#release()
    this.#policy.onDestroyed()
    return true
  }

  // Sending

  /** @returns as `write` does */
  #flush(): boolean {
    if (this.#ownEnd === 'ended' || this.isDestroyed) return true
    return this.#send(this.#state === 'open' ? this.#seal() : undefined)
  }

  // What the backend puts out meanwhile is the caller's to send: with it goes whom to tell, and what the transport says to it.

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
    const mayGoOn = this.#output.send(
      backend,
      this.transport,
      done,
      this.#ownEnd === 'ended' && this.#state !== 'failed',
    )
    if (this.#depth === 0 && this.#unread === undefined && backend.hasEvents) this.#advanceSoon()
    return mayGoOn
  }
}
