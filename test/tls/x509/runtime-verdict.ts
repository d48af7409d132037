// What the runtime's own TLS says of a chain: a handshake in memory, and the verdict of the side that is shown it.

import { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Issued } from '../../support/certificates.ts'

export interface ShownChain {
  /** The peer's own first. */
  readonly chain: readonly Issued[]
  readonly trusted: readonly Issued[]
  readonly crls?: readonly string[]
  readonly purpose?: 'server' | 'client'
  readonly allowPartialTrustChain?: boolean
}

export interface RuntimeVerdict {
  /** Undefined: it is trusted. */
  readonly code: string | undefined
  readonly message: string | undefined
}

export function runtimeVerdict(shown: ShownChain): Promise<RuntimeVerdict> {
  return handshake(shown, judging => {
    const { ssl } = judging as unknown as { ssl: { verifyError(): (Error & { code: string }) | null } }
    const problem = ssl.verifyError()
    return { code: problem?.code, message: problem?.message }
  })
}

export function runtimePeerCertificate(shown: ShownChain, isDetailed: boolean): Promise<object> {
  return handshake(shown, judging => judging.getPeerCertificate(isDetailed))
}

async function handshake<T>(shown: ShownChain, look: (judging: tls.TLSSocket) => T): Promise<T> {
  const { chain, trusted, crls = [], purpose = 'server', allowPartialTrustChain } = shown
  const [own] = chain
  // Weak keys must not be refused by the side that has them.
  const peer = {
    cert: chain.map(one => one.pem).join(''),
    key: own?.keyPem,
    ciphers: 'DEFAULT@SECLEVEL=0',
    maxVersion: 'TLSv1.2',
  } as const
  const judge = {
    ca: trusted.map(one => one.pem),
    ...(crls.length > 0 ? { crl: [...crls] } : {}),
    ...(allowPartialTrustChain ? { allowPartialTrustChain } : {}),
    rejectUnauthorized: false,
  }
  const [left, right] = pair()
  const plain = { cert: own?.pem, key: own?.keyPem }
  const isServer = purpose === 'server'
  const server = new tls.TLSSocket(left, {
    isServer: true,
    secureContext: tls.createSecureContext(isServer ? peer : { ...plain, ...judge, ciphers: 'DEFAULT' }),
    requestCert: !isServer,
    rejectUnauthorized: false,
  })
  const client = tls.connect({
    socket: right,
    checkServerIdentity: () => undefined,
    ...(isServer ? judge : { ...peer, ca: [], rejectUnauthorized: false }),
  })
  const judging = isServer ? client : server
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    client.on('error', reject)
    judging.on(isServer ? 'secureConnect' : 'secure', () => {
      const seen = look(judging)
      client.destroy()
      server.destroy()
      resolve(seen)
    })
  })
}

function pair(): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk)
        done()
      },
      final(done) {
        other().push(null)
        done()
      },
    })
  const left: Duplex = make(() => right)
  const right: Duplex = make(() => left)
  return [left, right]
}
