// Handshakes of every shape, small and always the same, for tests that alter them.

import { P256, X25519 } from '../../../src/crypto/named-groups.ts'
import { signatureSchemes } from '../../../src/crypto/signature-schemes.ts'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import type { CertificateCompressor, TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import { asciiBytes, asciiText } from '../../../src/tls/wire/bytes.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import { HANDSHAKE } from '../../../src/tls/wire/records.ts'
import type { ProtocolVersion } from '../../../src/tls/wire/versions.ts'
import { type AlterUnits, MessageWire, WiredEngine } from './message-wire.ts'
import { configFor } from './pair.ts'
import type { Side } from './rfc8448-trace.ts'
import { bytesFrom, randomFrom, toyCredential, toyCrypto } from './toy-crypto.ts'

export interface Scenario {
  readonly name: string
  readonly version: ProtocolVersion
  readonly client?: Partial<TlsEngineConfig>
  readonly server?: Partial<TlsEngineConfig>
  /** A first handshake gives the session that the altered one takes up. */
  readonly resumes?: boolean
  readonly keptById?: boolean
  readonly staple?: boolean
  /** Both ends change their keys as soon as they may, and ask the other to. */
  readonly updatesKeys?: boolean
  /** The client begins anew as soon as it may. */
  readonly renegotiates?: boolean
}

const withCertificate = { credentials: [toyCredential('client')] }
const asking = { requestCert: true, certificateAuthorities: [Uint8Array.of(0x30, 0)] }
const alpn = { alpnProtocols: [asciiBytes('h2'), asciiBytes('x')] }

export const scenarios: readonly Scenario[] = [
  { name: 'TLS 1.3', version: 0x0304, client: { ...alpn, requestOcsp: true }, server: alpn, staple: true },
  { name: 'TLS 1.3 with a client certificate', version: 0x0304, client: withCertificate, server: asking },
  { name: 'TLS 1.3 with a HelloRetryRequest', version: 0x0304, server: { groups: [P256] } },
  { name: 'TLS 1.3, resumed', version: 0x0304, resumes: true },
  { name: 'TLS 1.3 with key updates', version: 0x0304, updatesKeys: true },
  { name: 'TLS 1.2', version: 0x0303, client: { ...alpn, requestOcsp: true }, server: alpn, staple: true },
  { name: 'TLS 1.2 with a client certificate', version: 0x0303, client: withCertificate, server: asking },
  { name: 'TLS 1.2, resumed by ticket', version: 0x0303, resumes: true },
  { name: 'TLS 1.2, resumed by id', version: 0x0303, resumes: true, keptById: true },
]

const cbc = { cipherSuites: cipherSuites.filter(one => one.mac === 'sha256' && one.authentication === 'ecdsa') }
/** Bytes backwards: cheap, and every one of them counts. */
const backwards = (data: Uint8Array) => new Uint8Array(data).reverse()
const compressor: CertificateCompressor = {
  id: 1,
  name: 'backwards',
  compress: backwards,
  decompress: (data, size) => (data.length === size ? backwards(data) : undefined),
}
const compressing = { certificateCompressors: [compressor] }
const psk = { usesPsk: true, tickets: undefined }
const psk12 = { ...psk, cipherSuites: cipherSuites.filter(one => one.id === 0x00a8 || one.id === 0xccac) }

/** Shapes that are rarer: for tests that have time for them. */
export const rarerScenarios: readonly Scenario[] = [
  { name: 'TLS 1.3 with an external PSK', version: 0x0304, client: psk, server: psk },
  {
    name: 'TLS 1.3, resumed after a HelloRetryRequest',
    version: 0x0304,
    client: withCertificate,
    server: { ...asking, groups: [P256] },
    resumes: true,
  },
  {
    name: 'TLS 1.3 with compressed certificates',
    version: 0x0304,
    client: { ...withCertificate, ...compressing },
    server: { ...asking, ...compressing },
  },
  { name: 'TLS 1.2 with CBC', version: 0x0303, client: cbc, server: cbc },
  { name: 'TLS 1.2 with a PSK', version: 0x0303, client: psk12, server: psk12 },
  { name: 'TLS 1.2, renegotiated', version: 0x0303, client: withCertificate, server: asking, renegotiates: true },
]

const suites = cipherSuites.filter(one => [0x1301, 0x1303, 0xc02b, 0xcca9].includes(one.id))
const schemes = signatureSchemes.filter(one => one.id === 0x0403 || one.id === 0x0804)
const greeting: Readonly<Record<Side, Uint8Array>> = {
  client: asciiBytes('from the client'),
  server: asciiBytes('from the server'),
}

function config(role: Side, scenario: Scenario, changes: Partial<TlsEngineConfig>): TlsEngineConfig {
  return configFor(role, 'ec256', {
    crypto: toyCrypto(role),
    random: randomFrom(role),
    minVersion: scenario.version,
    maxVersion: scenario.version,
    cipherSuites: suites,
    groups: [X25519, P256],
    signatureSchemes: schemes,
    credentials: role === 'server' ? [toyCredential('server')] : [],
    serverName: role === 'client' ? 'a.example' : undefined,
    tickets: scenario.keptById ? undefined : { keys: [bytesFrom('ticket keys', 48)] },
    sessionIds: scenario.keptById ?? false,
    ...scenario[role],
    ...changes,
  })
}

/** Two engines that greet each other as soon as they may, and what happened. */
export class Encounter {
  readonly client: WiredEngine
  readonly server: WiredEngine
  /** Which end refused first, and how: `server decode_error`. */
  verdict = ''
  /** Who believed at some time that the handshake was over. */
  readonly believers = new Set<Side>()
  /** How many handshakes were over for each. */
  readonly completed: Record<Side, number> = { client: 0, server: 0 }
  /** How many were delivered, both ways together. */
  flights = 0
  #turn: Side = 'client'
  readonly #wires: Readonly<Record<Side, MessageWire>>

  constructor(
    scenario: Scenario,
    session?: { client: SavedSession; server: SavedSession | undefined },
    alter: Partial<Record<Side, AlterUnits>> = {},
    onSent?: (side: Side, message: Uint8Array) => void,
  ) {
    const engine = (side: Side, changes: Partial<TlsEngineConfig>): WiredEngine => {
      const one: WiredEngine = new WiredEngine(config(side, scenario, changes), {
        onMessage: (direction, type, content) => {
          if (direction === 'sent' && type === HANDSHAKE) onSent?.(side, content)
        },
        onHandshakeDone: () => {
          const isFirst = this.completed[side]++ === 0
          this.believers.add(side)
          if (scenario.updatesKeys) one.engine.updateKeys(true)
          one.engine.write(greeting[side])
          if (scenario.renegotiates && side === 'client' && isFirst) one.engine.renegotiate()
        },
        onPskRequest: () => ({ identity: asciiBytes('me'), key: bytesFrom('psk', 32) }),
        onPskIdentity: identity => (asciiText(identity) === 'me' ? bytesFrom('psk', 32) : undefined),
        onError: error => {
          one.error = error
          if (error.by === 'local') this.verdict ||= `${side} ${error.alertName}`
          if (error.alertName === 'internal_error') throw error.cause ?? error
        },
        ...(side === 'server' && {
          onClientHello: () =>
            one.engine.answerClientHello({
              session: session?.server,
              ocspResponse: scenario.staple ? Uint8Array.of(1, 2, 3, 4) : undefined,
            }),
        }),
      })
      return one
    }
    this.client = engine('client', { session: session?.client })
    this.server = engine('server', {})
    const same: AlterUnits = units => units
    this.#wires = {
      client: new MessageWire(this.client, alter.client ?? same),
      server: new MessageWire(this.server, alter.server ?? same),
    }
    this.client.engine.start()
    this.server.engine.start()
  }

  /** Until neither has more to say, or so many flights were delivered. */
  run(most = 100): this {
    for (let quiet = 0; quiet < 2 && this.flights < most; ) {
      const side = this.#turn
      this.#turn = side === 'client' ? 'server' : 'client'
      const flight = this.#wires[side].take()
      quiet = flight ? 0 : quiet + 1
      if (flight === undefined) continue
      this[this.#turn].engine.receive(flight)
      if (++this.flights === 100) throw new Error('the two engines talk without end')
    }
    return this
  }

  /** Both are done and have the other's greeting. */
  get isComplete(): boolean {
    return [this.client, this.server].every(
      one => one.engine.isHandshakeDone && Buffer.concat(one.data).includes('from the'),
    )
  }
}

/** Runs a scenario; what comes before it is not altered. */
export function meet(scenario: Scenario, alter: Partial<Record<Side, AlterUnits>> = {}): Encounter {
  return new Encounter(scenario, scenario.resumes ? sessionOf(scenario) : undefined, alter).run()
}

const sessions = new Map<string, { client: SavedSession; server: SavedSession | undefined }>()

export function sessionOf(scenario: Scenario): { client: SavedSession; server: SavedSession | undefined } {
  let session = sessions.get(scenario.name)
  if (session === undefined) {
    const { client, server } = new Encounter(scenario).run()
    const [saved] = client.sessions
    if (saved === undefined) throw new Error(`no session of ${scenario.name}`)
    session = { client: saved, server: server.sessions[0] }
    sessions.set(scenario.name, session)
  }
  return session
}
