// One direction of a connection as a hostile peer would write it: what an engine sent is taken out of its records with its
// own keys, may be altered message by message, and is put into records again under the same keys. Keys come from the
// engine's key log and change where the engine changed them.

import assert from 'node:assert/strict'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import { TrafficSecret } from '../../../src/tls/engine/key-schedule.ts'
import type { HandshakeChannel } from '../../../src/tls/engine/record/channel.ts'
import type { RecordOpener, RecordSealer } from '../../../src/tls/engine/record/record-protection.ts'
import { PlainOpener, PlainSealer } from '../../../src/tls/engine/record/record-protection.ts'
import { Secrets12 } from '../../../src/tls/engine/secrets-12.ts'
import type { TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import * as messages from '../../../src/tls/wire/handshake-messages.ts'
import { ENCRYPT_THEN_MAC } from '../../../src/tls/wire/hello-extensions.ts'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../../src/tls/wire/records.ts'
import { Recorded } from './pair.ts'
import type { Side } from './rfc8448-trace.ts'

/** A message of the handshake, or another record's content. */
export interface Unit {
  readonly type: number
  readonly content: Uint8Array
}

/** Gives what is sent in place of a record's units; they were all under the same keys. */
export type AlterUnits = (units: readonly Unit[]) => readonly Unit[]

/** An engine that keeps what keys are made of. */
export class WiredEngine extends Recorded {
  readonly side: Side
  readonly #config: TlsEngineConfig
  /** Of each handshake: its server's random, and whether CBC records are encrypted before the MAC. */
  readonly #serverHellos: { readonly random: Uint8Array; readonly isEncryptThenMac: boolean }[] = []

  constructor(config: TlsEngineConfig, more: ConstructorParameters<typeof Recorded>[1] = {}) {
    super(config, {
      ...more,
      onMessage: (direction, type, content) => {
        more.onMessage?.(direction, type, content)
        if (type === HANDSHAKE) this.#note(content)
      },
    })
    this.side = config.role
    this.#config = config
  }

  hasSecret(phase: string): boolean {
    return this.keyLog.some(one => one.startsWith(`${this.side.toUpperCase()}_${phase} `))
  }

  /** The latest secret with a label of the key log. */
  secret(label: string): Uint8Array {
    const line = this.keyLog.findLast(one => one.startsWith(`${label} `))
    assert.ok(line, `no ${label} yet`)
    return Buffer.from(line.split(' ')[2] ?? '', 'hex')
  }

  trafficSecret(phase: 'HANDSHAKE_TRAFFIC_SECRET' | 'TRAFFIC_SECRET_0'): TrafficSecret {
    const { cipherSuite } = this.engine.info
    assert.ok(cipherSuite)
    return new TrafficSecret(nodeCrypto, cipherSuite, this.secret(`${this.side.toUpperCase()}_${phase}`))
  }

  /** @param handshake - the number of its change_cipher_spec: a renegotiation may have begun already */
  secrets12(handshake: number): Secrets12 {
    const { cipherSuite } = this.engine.info
    const lines = this.keyLog.filter(one => one.startsWith('CLIENT_RANDOM '))
    const [clientRandom, master] = (lines[handshake] ?? '')
      .split(' ')
      .slice(1)
      .map(text => Buffer.from(text, 'hex'))
    const hello = this.#serverHellos[handshake]
    assert.ok(cipherSuite && clientRandom && master && hello)
    const channel = {
      crypto: nodeCrypto,
      config: this.#config,
      guard: () => {},
      keyLog: () => {},
    } as unknown as HandshakeChannel
    const secrets = new Secrets12(channel, cipherSuite, clientRandom, hello.random)
    secrets.isEncryptThenMac = cipherSuite.mac !== undefined && hello.isEncryptThenMac
    secrets.setMaster(master)
    return secrets
  }

  #note(message: Uint8Array): void {
    if (message[0] !== messages.SERVER_HELLO) return
    try {
      const { random, extensions } = messages.readServerHello(message.subarray(4))
      const isEncryptThenMac = extensions.has(ENCRYPT_THEN_MAC)
      this.#serverHellos.push({ random: new Uint8Array(random), isEncryptThenMac })
    } catch {
      // An altered one, which the engine refuses too.
    }
  }
}

export class MessageWire {
  readonly #from: WiredEngine
  readonly #alter: AlterUnits
  #opener: RecordOpener = new PlainOpener()
  #sealer: RecordSealer = new PlainSealer(0x0303)
  #phase: 'plain' | 'handshake' | 'application' = 'plain'
  #traffic: TrafficSecret | undefined
  /** change_cipher_spec records of TLS 1.2 so far. */
  #changes = 0

  constructor(from: WiredEngine, alter: AlterUnits) {
    this.#from = from
    this.#alter = alter
  }

  /** What the engine has to say, as it goes to its peer; undefined: nothing. */
  take(): Uint8Array | undefined {
    const output = Buffer.concat(this.#from.engine.takeOutput())
    if (output.length === 0) return undefined
    const sent: Uint8Array[] = []
    for (let at = 0; at < output.length; ) {
      const end = at + 5 + output.readUInt16BE(at + 3)
      sent.push(...this.#carry(output.subarray(at, end)))
      at = end
    }
    return Buffer.concat(sent)
  }

  #carry(record: Uint8Array): Uint8Array[] {
    const is13 = this.#from.engine.info.version === 0x0304
    if (is13 && record[0] === CHANGE_CIPHER_SPEC) return [record]
    if (is13 && record[0] === APPLICATION_DATA && this.#phase === 'plain') {
      // An engine that refuses in the very step that gave it keys logs none: what it says then goes as it is.
      if (!this.#from.hasSecret('HANDSHAKE_TRAFFIC_SECRET')) return [record]
      this.#enter('handshake')
    }
    const opened = this.#opener.open(record)
    if (opened === undefined) return []
    const { type, content } = opened
    const units = type === HANDSHAKE ? messagesIn(content) : [{ type, content }]
    const altered = this.#alter(units.map(one => ({ type: one.type, content: new Uint8Array(one.content) })))
    const records = joined(altered).map(one => this.#seal(one))
    if (is13) this.#follow13(units)
    else if (type === CHANGE_CIPHER_SPEC) {
      // One object for each: they share the memory of their keys, which a destroyed one overwrites.
      this.#opener = this.#from.secrets12(this.#changes).opener(this.#from.side)
      this.#sealer = this.#from.secrets12(this.#changes).sealer(this.#from.side)
      this.#changes++
    }
    return records
  }

  #seal({ type, content }: Unit): Uint8Array {
    const record = new Uint8Array(this.#sealer.recordSize(content.length))
    return record.subarray(0, this.#sealer.seal(type, [content], content.length, record, 0))
  }

  /** The keys that the engine took up after these. */
  #follow13(units: readonly Unit[]): void {
    const last = units.at(-1)
    if (last?.type !== HANDSHAKE) return
    if (last.content[0] === messages.FINISHED && this.#phase === 'handshake') this.#enter('application')
    else if (last.content[0] === messages.KEY_UPDATE && this.#phase === 'application') {
      this.#traffic?.update()
      this.#useTraffic()
    }
  }

  #enter(phase: 'handshake' | 'application'): void {
    this.#phase = phase
    this.#traffic = this.#from.trafficSecret(phase === 'handshake' ? 'HANDSHAKE_TRAFFIC_SECRET' : 'TRAFFIC_SECRET_0')
    this.#useTraffic()
  }

  #useTraffic(): void {
    assert.ok(this.#traffic)
    this.#opener = this.#traffic.opener(true)
    this.#sealer = this.#traffic.sealer()
  }
}

function messagesIn(content: Uint8Array): Unit[] {
  const units: Unit[] = []
  for (let at = 0; at < content.length; ) {
    const end = at + 4 + (content[at + 1] ?? 0) * 65536 + (content[at + 2] ?? 0) * 256 + (content[at + 3] ?? 0)
    units.push({ type: HANDSHAKE, content: content.subarray(at, end) })
    at = end
  }
  return units
}

/** Messages that follow each other share a record, cut at 2^14 bytes; nothing is no record. */
function joined(units: readonly Unit[]): Unit[] {
  const records: Unit[] = []
  for (const { type, content } of units) {
    const last = records.at(-1)
    if (last?.type === type && type === HANDSHAKE) {
      records[records.length - 1] = { type, content: Buffer.concat([last.content, content]) }
    } else records.push({ type, content })
  }
  return records
    .flatMap(({ type, content }) => {
      const cut: Unit[] = []
      for (let at = 0; at < content.length; at += 2 ** 14)
        cut.push({ type, content: content.subarray(at, at + 2 ** 14) })
      return cut
    })
    .filter(one => one.content.length > 0 || one.type === ALERT)
}
