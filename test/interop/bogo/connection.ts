// One connection of the shim: an engine on a socket to the runner, the handshake with what the flags ask of it, then each piece
// of data answered with its bytes inverted, until the runner has had enough.

import { connect, type Socket } from 'node:net'
import { concat } from '../../../src/core/bytes.ts'
import type { TlsError } from '../../../src/tls/engine/engine-errors.ts'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import { createTlsEngine } from '../../../src/tls/engine/tls-engine.ts'
import type { ClientHelloAnswer, ClientHelloInfo, TlsEngine, TlsEngineHandler } from '../../../src/tls/engine/types.ts'
import { sameBytes } from '../../../src/tls/wire/bytes.ts'
import { configOf, credentialsOf, type Memory } from './engine-config.ts'
import { unmetExpectation } from './expectations.ts'
import type { Flags } from './flags.ts'
import { MessageTrace } from './message-trace.ts'

/** Settles when the connection is over: rejected with what the runner may compare with what it expects. */
export function runConnection(flags: Flags, isResume: boolean, memory: Memory): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: flags.port ?? 0, host: flags.ipv6 ? '::1' : '127.0.0.1', noDelay: true })
    const shimId = Buffer.alloc(8)
    shimId.writeBigUInt64LE(BigInt(flags['shim-id'] ?? 0))
    socket.write(shimId)
    new Connection(socket, flags, isResume, memory, error => (error === undefined ? resolve() : reject(error)))
  })
}

type Done = (error: Error | undefined) => void

class Connection implements TlsEngineHandler {
  readonly #socket: Socket
  readonly #flags: Flags
  readonly #isResume: boolean
  readonly #memory: Memory
  readonly #done: Done
  readonly #engine: TlsEngine
  readonly #trace = new MessageTrace()
  #isEstablished = false
  #gotSession = false
  #renegotiations = 0
  #hasShutDown = false
  #peerHasClosed = false
  /** What it came to, told when the socket has closed. */
  #outcome: Error | undefined = undefined
  #isOver = false

  constructor(socket: Socket, flags: Flags, isResume: boolean, memory: Memory, done: Done) {
    this.#socket = socket
    this.#flags = flags
    this.#isResume = isResume
    this.#memory = memory
    this.#done = done
    this.#engine = createTlsEngine(configOf(flags, memory), this)
    socket.on('data', (data: Buffer) => this.#receive(data))
    socket.on('end', () => this.#receiveEnd())
    socket.on('error', error => this.#fail(`socket: ${error.message}`))
    socket.on('close', () => this.#done(this.#outcome))
    this.#engine.start()
  }

  // What the engine tells.

  onOutput(): void {
    const output = this.#engine.takeOutput()
    if (this.#socket.writable) for (const bytes of output) this.#socket.write(bytes)
  }

  onMessage(direction: 'sent' | 'received', type: number, content: Uint8Array): void {
    this.#trace.add(direction, type, content)
  }

  onKeyLog(line: string): void {
    this.#trace.addSecret(line)
  }

  onError(error: TlsError): void {
    this.#fail(`${error.by} ${error.alertName}: ${error.message}`)
  }

  onClientHello(hello: ClientHelloInfo): void {
    if (!this.#flags.async) this.#answer(hello)
    else setImmediate(() => this.#answer(hello))
  }

  onPeerCertificate(chain: readonly Uint8Array[]): void {
    const flags = this.#flags
    if (chain.length === 0) {
      if (!flags['require-any-client-certificate']) return
      const alert = this.#engine.info.version === 0x0304 ? CERTIFICATE_REQUIRED : HANDSHAKE_FAILURE
      this.#refuse(alert, 'peer did not return a certificate')
    } else if (flags['verify-fail'] && (flags['verify-peer'] || flags['require-any-client-certificate'])) {
      if (this.#engine.info.isResumed && !flags['reverify-on-resume']) return
      const alert = flags['use-custom-verify-callback'] ? CERTIFICATE_UNKNOWN : HANDSHAKE_FAILURE
      this.#refuse(alert, 'certificate verify failed')
    }
  }

  onOcspResponse(): void {
    if (this.#flags['fail-ocsp-callback']) this.#refuse(BAD_CERTIFICATE_STATUS_RESPONSE, 'ocsp callback failure')
  }

  onSession(session: SavedSession, id: Uint8Array): void {
    this.#gotSession = true
    if (this.#flags.server) this.#memory.sessions.set(Buffer.from(id).toString('hex'), session)
    else this.#memory.session = session
  }

  onPskRequest(hint: Uint8Array | undefined): { identity: Uint8Array; key: Uint8Array } | undefined {
    const { psk, 'psk-identity': identity } = this.#flags
    if (psk === undefined || !sameBytes(hint ?? NOTHING, Buffer.from(identity ?? ''))) return undefined
    return { identity: Buffer.from(identity ?? ''), key: Buffer.from(psk) }
  }

  onPskIdentity(identity: Uint8Array): Uint8Array | undefined {
    const { psk, 'psk-identity': own } = this.#flags
    return psk !== undefined && sameBytes(identity, Buffer.from(own ?? '')) ? Buffer.from(psk) : undefined
  }

  onHandshakeDone(): void {
    const flags = this.#flags
    if (flags['handshake-never-done']) {
      this.#fail('the handshake is done, which was not to be')
      return
    }
    if (this.#isEstablished) {
      this.#renegotiations++
      return
    }
    this.#isEstablished = true
    if (!flags['implicit-handshake']) {
      const { hadRetry } = this.#trace
      const observed = { gotSession: this.#gotSession, hadRetry }
      const unmet = unmetExpectation(this.#engine, flags, this.#isResume, observed) ?? this.#unmetCredential()
      if (unmet !== undefined) {
        this.#fail(unmet)
        return
      }
    }
    if (flags['forbid-renegotiation-after-handshake']) this.#engine.disableRenegotiation()
    this.#begin()
  }

  onData(data: Uint8Array): void {
    const flags = this.#flags
    if (this.#isOver) return
    if (this.#hasShutDown) {
      this.#fail('application data on shutdown')
      return
    }
    if (flags['use-exporter-between-reads']) this.#engine.exportKeyingMaterial(1, '', undefined)
    if (flags['key-update']) this.#engine.updateKeys(false)
    this.#engine.write(data.map(byte => byte ^ 0xff))
    if (flags['key-update-before-read']) this.#engine.updateKeys(false)
  }

  onCloseNotify(): void {
    this.#peerHasClosed = true
    this.#finish()
  }

  // What comes of it.

  #receive(data: Uint8Array): void {
    if (this.#isOver) return
    if (!this.#flags.async) {
      this.#engine.receive(data)
      return
    }
    for (let i = 0; i < data.length && !this.#isOver; i++) this.#engine.receive(data.subarray(i, i + 1))
  }

  #receiveEnd(): void {
    if (!this.#isEstablished) this.#fail('unexpected eof while reading')
    else this.#finish()
  }

  #answer(hello: ClientHelloInfo): void {
    const flags = this.#flags
    const names = hello.alpnProtocols
    if (flags['fail-early-callback']) {
      this.#refuse(HANDSHAKE_FAILURE, 'connection rejected')
      return
    }
    if (flags['expect-no-server-name'] && hello.serverName !== undefined) {
      this.#fail('an unexpected server name')
      return
    }
    if (names.length > 0 && flags['reject-alpn']) {
      this.#refuse(NO_APPLICATION_PROTOCOL, 'no application protocol')
      return
    }
    const advertised = Buffer.from(concat(...names.flatMap(name => [Uint8Array.of(name.length), name])))
    const expected = flags['expect-advertised-alpn']
    if (expected !== undefined && advertised.toString('latin1') !== expected) {
      this.#fail('other protocols offered')
      return
    }
    const schemes = flags['expect-peer-verify-pref']
    if (schemes && hello.signatureSchemes.join() !== schemes.join()) {
      this.#fail('other signature schemes offered')
      return
    }
    if (flags['fail-ddos-callback']) {
      this.#refuse(INTERNAL_ERROR, 'connection rejected')
      return
    }
    if (hello.wantsOcsp && flags['fail-ocsp-callback']) {
      this.#refuse(INTERNAL_ERROR, 'ocsp callback failure')
      return
    }
    const selected = flags['select-alpn']
    const staple = flags['ocsp-response'] ?? flags.credentials[0]?.['ocsp-response']
    const answer: ClientHelloAnswer = {
      alpn: selected === undefined || names.length === 0 ? null : Buffer.from(selected, 'latin1'),
      session: this.#memory.sessions.get(Buffer.from(hello.sessionId).toString('hex')),
      ocspResponse: flags['decline-ocsp-callback'] ? undefined : staple,
    }
    this.#engine.answerClientHello(answer)
  }

  #unmetCredential(): string | undefined {
    const expected = this.#flags['expect-selected-credential']
    if (expected === undefined) return undefined
    const shown = this.#engine.info.credential?.certificates[0]
    const all = credentialsOf(this.#flags)
    const index = all.findIndex(one => shown && one.certificates[0] && sameBytes(shown, one.certificates[0]))
    const named = index < this.#flags.credentials.length ? index : -1
    return named === expected ? undefined : `credential ${named}, expected ${expected}`
  }

  /** The handshake is done: what the flags want said before anything is read. */
  #begin(): void {
    const flags = this.#flags
    const engine = this.#engine
    const size = flags['export-keying-material'] ?? 0
    if (size > 0) {
      const context = flags['use-export-context'] ? Buffer.from(flags['export-context'] ?? '', 'latin1') : undefined
      engine.write(engine.exportKeyingMaterial(size, flags['export-label'] ?? '', context))
    }
    if (flags['export-traffic-secrets']) engine.write(this.#trace.trafficSecrets(flags.server === true))
    if (flags['tls-unique']) {
      const isOurs = engine.info.isResumed === (flags.server === true)
      engine.write((isOurs ? engine.finished : engine.peerFinished) ?? NOTHING)
    }
    if (flags['send-alert']) {
      engine.failHandshake(DECOMPRESSION_FAILURE)
      this.#end()
      return
    }
    if (flags['write-different-record-sizes']) {
      for (const length of recordSizes) engine.write(Buffer.alloc(length, 0x42))
    } else if (flags['shim-writes-first']) {
      const text = Buffer.from(flags['shim-initial-write'] ?? 'hello', 'latin1')
      for (let i = 0; i < (flags['repeat-shim-initial-write'] ?? 1); i++) engine.write(text)
    }
    if (flags['shim-shuts-down'] || flags['write-different-record-sizes']) this.#finish()
    else if (flags['key-update-before-read']) engine.updateKeys(false)
  }

  /** Nothing more is to be read, or we close first. */
  #finish(): void {
    if (this.#isOver) return
    const flags = this.#flags
    const { info } = this.#engine
    if (info.version === 0x0304 && !flags.server && !this.#hasShutDown) {
      const wants = !flags['expect-no-session'] && !flags['shim-shuts-down']
      if (wants !== this.#gotSession) {
        this.#fail(`a session came: ${this.#gotSession}, expected ${wants}`)
        return
      }
    }
    if (flags['check-close-notify']) {
      this.#hasShutDown = true
      this.#engine.closeNotify()
      if (!this.#peerHasClosed && !this.#socket.readableEnded) return
      if (!this.#peerHasClosed) {
        this.#fail('the connection was cut off')
        return
      }
    }
    const expected = flags['expect-total-renegotiations'] ?? 0
    if (this.#renegotiations !== expected) {
      this.#fail(`${this.#renegotiations} renegotiations`)
      return
    }
    const trace = flags['expect-msg-callback']
    if (trace !== undefined && trace !== this.#trace.text) {
      this.#fail(`messages:\n${this.#trace.text}`)
      return
    }
    this.#end()
  }

  #refuse(alert: number, reason: string): void {
    this.#engine.failHandshake(alert)
    this.#fail(reason)
  }

  #fail(reason: string): void {
    this.#outcome ??= new Error(reason)
    this.#end()
  }

  /** What the runner still sends is read and dropped, so that no reset takes away what we said. */
  #end(): void {
    this.#isOver = true
    // An alert that goes with this has not been told of yet.
    this.onOutput()
    this.#socket.end()
  }
}

const NOTHING = new Uint8Array(0)
const recordSizes = [0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769]
const DECOMPRESSION_FAILURE = 30
const HANDSHAKE_FAILURE = 40
const CERTIFICATE_UNKNOWN = 46
const INTERNAL_ERROR = 80
const BAD_CERTIFICATE_STATUS_RESPONSE = 113
const CERTIFICATE_REQUIRED = 116
const NO_APPLICATION_PROTOCOL = 120
