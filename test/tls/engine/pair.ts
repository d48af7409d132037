// Two engines in memory, what each was told, and the bytes between them, to be looked at or altered on their way.

import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeCrypto, nodePrivateKey } from '../../../src/crypto/node/node-crypto.ts'
import { defaultSignatureSchemes } from '../../../src/crypto/signature-schemes.ts'
import type { TlsError } from '../../../src/tls/engine/engine-errors.ts'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import { createTlsEngine } from '../../../src/tls/engine/tls-engine.ts'
import type { Credential, TlsEngine, TlsEngineConfig, TlsEngineHandler } from '../../../src/tls/engine/types.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'

export type KeyKind = 'ec256' | 'ec384' | 'ec521' | 'rsa' | 'rsa-pss' | 'ed25519'

export const fixtures = join(import.meta.dirname, '../../../../test/tls/engine/fixtures')

const loaded = new Map<KeyKind, Credential>()

export function credential(kind: KeyKind): Credential {
  let one = loaded.get(kind)
  if (one === undefined) {
    const certificate = new X509Certificate(readFileSync(join(fixtures, `${kind}-cert.pem`)))
    const key = createPrivateKey(readFileSync(join(fixtures, `${kind}-key.pem`)))
    one = { certificates: [new Uint8Array(certificate.raw)], key: nodePrivateKey(key) }
    loaded.set(kind, one)
  }
  return one
}

export const ticketKeys = { keys: [randomBytes(48)] }

export function configFor(
  role: 'client' | 'server',
  kind: KeyKind = 'ec256',
  changes: Partial<TlsEngineConfig> = {},
): TlsEngineConfig {
  return {
    role,
    crypto: nodeCrypto,
    random: randomBytes,
    now: () => 1_700_000_000_000,
    minVersion: 0x0303,
    maxVersion: 0x0304,
    cipherSuites: cipherSuites.filter(suite => suite.authentication !== 'psk' && suite.keyExchange !== 'rsa'),
    groups: nodeCrypto.groups,
    signatureSchemes: defaultSignatureSchemes,
    credentials: role === 'server' ? [credential(kind)] : [],
    maxFragmentSize: 16384,
    sessionIdContext: new Uint8Array(0),
    sessionTimeoutSeconds: 300,
    serverName: role === 'client' ? 'localhost' : undefined,
    alpnProtocols: [],
    requestOcsp: false,
    session: undefined,
    requestCert: false,
    certificateAuthorities: [],
    honorCipherOrder: true,
    tickets: ticketKeys,
    sessionIds: false,
    pskIdentityHint: undefined,
    usesPsk: false,
    allowRenegotiation: true,
    ...changes,
  }
}

/** An engine with a record of all that it told. */
export class Recorded {
  readonly engine: TlsEngine
  readonly events: string[] = []
  readonly data: Uint8Array[] = []
  readonly sessions: SavedSession[] = []
  readonly keyLog: string[] = []
  peerCertificates: readonly Uint8Array[] | undefined
  error: TlsError | undefined

  constructor(config: TlsEngineConfig, more: Partial<TlsEngineHandler> = {}) {
    this.engine = createTlsEngine(config, {
      onOutput: () => {},
      onHandshakeDone: () => this.events.push('done'),
      onData: data => this.data.push(new Uint8Array(data)),
      onError: error => {
        this.error = error
        this.events.push(`error ${error.by} ${error.alertName}`)
      },
      onCloseNotify: () => this.events.push('close'),
      onPeerCertificate: chain => {
        this.peerCertificates = chain
        this.events.push('certificate')
      },
      onSession: session => this.sessions.push(session),
      onKeyLog: line => this.keyLog.push(line),
      ...more,
    })
  }

  get text(): string {
    return Buffer.concat(this.data).toString()
  }
}

export interface Pair {
  readonly client: Recorded
  readonly server: Recorded
}

export function pair(
  client: TlsEngineConfig,
  server: TlsEngineConfig,
  handlers: { client?: Partial<TlsEngineHandler>; server?: Partial<TlsEngineHandler> } = {},
): Pair {
  const both = { client: new Recorded(client, handlers.client), server: new Recorded(server, handlers.server) }
  both.client.engine.start()
  both.server.engine.start()
  return both
}

export type Alter = (bytes: Uint8Array, from: 'client' | 'server') => Uint8Array | undefined

/** Carries bytes both ways until neither has more to say. `alter` may change or drop each flight. */
export function pump({ client, server }: Pair, alter: Alter = bytes => bytes): void {
  for (let round = 0; round < 200; round++) {
    const moved = move(client, server, 'client', alter) + move(server, client, 'server', alter)
    if (moved === 0) return
  }
  throw new Error('the two engines talk without end')
}

function move(from: Recorded, to: Recorded, name: 'client' | 'server', alter: Alter): number {
  const output = from.engine.takeOutput()
  if (output.length === 0) return 0
  const bytes = alter(Buffer.concat(output), name)
  if (bytes && bytes.length > 0) to.engine.receive(bytes)
  return 1
}
