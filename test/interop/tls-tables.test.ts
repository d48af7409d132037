// tls with the openssl command and with the runtime's node:tls, both ways: each suite, each group, each signature scheme.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import runtimeTls from 'node:tls'
import { X25519MLKEM768 } from '../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../src/crypto/node/node-crypto.ts'
import { type SignatureScheme, signatureSchemes } from '../../src/crypto/signature-schemes.ts'
import { type CipherSuite, cipherSuites } from '../../src/tls/wire/cipher-suites.ts'
import { fixtures, type KeyKind } from '../tls/engine/pair.ts'
import { connect, listen, type Socket, secured, textOf } from '../tls/pair.ts'
import { sClient, skip, sServer } from './openssl.ts'

const pathOf = (kind: KeyKind, part: 'cert' | 'key') => join(fixtures, `${kind}-${part}.pem`)
const pem = (kind: KeyKind) => ({ cert: readFileSync(pathOf(kind, 'cert')), key: readFileSync(pathOf(kind, 'key')) })
const filesOf = (kind: KeyKind) => ['-cert', pathOf(kind, 'cert'), '-key', pathOf(kind, 'key')]

/** Says what was agreed on, and ends. */
const tell = (socket: Socket | runtimeTls.TLSSocket): void => {
  socket.on('error', () => {})
  socket.end(`agreed on ${socket.getCipher()?.name} ${socket.getProtocol()}\n`)
}

interface Case {
  readonly kind: KeyKind
  /** For ours and for node:tls. */
  readonly options: Record<string, unknown>
  /** For the openssl command. */
  readonly words: readonly string[]
  /** A server of ours cannot do it on this runtime. */
  readonly isClientOnly?: boolean
  /** What a client of ours has to find. */
  check(socket: Socket | runtimeTls.TLSSocket): void
}

/** A client of ours trusts the server's own certificate. */
async function ask(t: TestContext, port: number, { options, kind, check }: Case): Promise<void> {
  const socket = await secured(
    connect(t, port, { ...options, ca: pem(kind).cert, checkServerIdentity: () => undefined }),
  )
  check(socket)
  socket.destroy()
}

async function theirServer(t: TestContext, { options, kind }: Case): Promise<number> {
  const server = runtimeTls.createServer({ ...pem(kind), ...options }, tell)
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

function askTheirs(port: number, { options, kind }: Case): Promise<string> {
  const own = { ca: pem(kind).cert, servername: 'localhost', checkServerIdentity: () => undefined }
  return textOf(runtimeTls.connect({ port, host: '127.0.0.1', ...own, ...options }) as unknown as Socket)
}

/** @param expected - what `tell` says of it, in part */
function bothWays(name: string, one: Case, expected: string): void {
  const withOpenSsl = { skip: skip || false }
  it(`${name}: s_server`, withOpenSsl, async t => {
    const peer = await sServer(t, ...filesOf(one.kind), ...one.words)
    await ask(t, peer.port, one)
  })
  it(`${name}: node:tls serves`, async t => ask(t, await theirServer(t, one), one))
  if (one.isClientOnly) return
  it(`${name}: s_client`, withOpenSsl, async t => {
    const { port } = await listen(t, { ...pem(one.kind), ...one.options }, tell)
    assert.match(await sClient(t, port, '-ign_eof', ...one.words).end(), new RegExp(`agreed on .*${expected}`))
  })
  it(`${name}: node:tls asks`, async t => {
    const { port } = await listen(t, { ...pem(one.kind), ...one.options }, tell)
    assert.match(await askTheirs(port, one), new RegExp(`agreed on .*${expected}`))
  })
}

const concurrency = 2

describe('each suite', { concurrency }, () => {
  const psk = Buffer.alloc(32, 7)
  /** A server is called with a socket and the identity, a client with the server's hint. */
  const pskCallback = (...given: unknown[]) => (given.length === 2 ? psk : { psk, identity: 'me' })

  const caseOf = (suite: CipherSuite): Case => {
    const is13 = suite.protocol === 0x0304
    const version = is13 ? 'TLSv1.3' : 'TLSv1.2'
    const list = is13 ? suite.name : `${suite.name}:@SECLEVEL=0`
    const words = is13 ? ['-tls1_3', '-ciphersuites', suite.name] : ['-tls1_2', '-cipher', list]
    const usesPsk = suite.authentication === 'psk'
    return {
      kind: suite.authentication === 'rsa' ? 'rsa' : 'ec256',
      options: { ciphers: list, minVersion: version, maxVersion: version, ...(usesPsk && { pskCallback }) },
      words: usesPsk ? [...words, '-psk', psk.toString('hex'), '-psk_identity', 'me'] : words,
      isClientOnly: suite.keyExchange === 'rsa' && nodeCrypto.rsaDecrypt === undefined,
      check: socket => assert.deepEqual([socket.getCipher()?.name, socket.getProtocol()], [suite.name, version]),
    }
  }

  for (const suite of cipherSuites) bothWays(suite.name, caseOf(suite), suite.name)
})

describe('each group', { concurrency }, () => {
  for (const group of nodeCrypto.groups.filter(one => one !== X25519MLKEM768)) {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const one: Case = {
        kind: 'rsa',
        options: { ecdhCurve: group.name, minVersion: version, maxVersion: version },
        words: [version === 'TLSv1.3' ? '-tls1_3' : '-tls1_2', '-groups', group.name],
        check: socket => assert.equal((socket.getEphemeralKeyInfo() as { name: string }).name, group.name),
      }
      bothWays(`${group.name}, ${version}`, one, version)
    }
  }
})

describe('each signature scheme', { concurrency }, () => {
  const kindOf = ({ keyType, curve }: SignatureScheme): KeyKind | undefined => {
    if (keyType === 'ec') return ({ secp384r1: 'ec384', secp521r1: 'ec521' } as const)[String(curve)] ?? 'ec256'
    return keyType === 'ed448' ? undefined : keyType
  }

  for (const scheme of signatureSchemes) {
    const kind = kindOf(scheme)
    if (kind === undefined || scheme.hash === 'sha1') continue
    for (const version of scheme.isTls13 ? (['TLSv1.3', 'TLSv1.2'] as const) : (['TLSv1.2'] as const)) {
      const one: Case = {
        kind,
        options: { sigalgs: scheme.name, minVersion: version, maxVersion: version },
        words: [version === 'TLSv1.3' ? '-tls1_3' : '-tls1_2', '-sigalgs', scheme.name],
        check: socket => assert.equal(socket.getProtocol(), version),
      }
      bothWays(`${scheme.name}, ${version}`, one, version)
    }
  }
})
