// The TLS engine against the runtime's `node:tls`, both ways, over real sockets: suites, groups, keys, resumption, client
// certificates.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as tls from 'node:tls'
import { X25519MLKEM768 } from '../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../src/crypto/node/node-crypto.ts'
import type { TlsEngineConfig } from '../../src/tls/engine/types.ts'
import { cipherSuites } from '../../src/tls/wire/cipher-suites.ts'
import { configFor, credential, fixtures, type KeyKind, type Recorded } from '../tls/engine/pair.ts'
import { shoutingServer, talk } from './engine-over-socket.ts'

const kindsFor: Record<string, KeyKind[]> = {
  any: ['ec256', 'ec384', 'ec521', 'rsa', 'rsa-pss', 'ed25519'],
  ecdsa: ['ec256', 'ec384', 'ed25519'],
  rsa: ['rsa', 'rsa-pss'],
}

const now = () => Date.now()
const pem = (kind: KeyKind) => ({
  cert: readFileSync(join(fixtures, `${kind}-cert.pem`)),
  key: readFileSync(join(fixtures, `${kind}-key.pem`)),
})

const suites = cipherSuites.filter(suite => suite.authentication !== 'psk' && suite.keyExchange !== 'rsa')
const groups = nodeCrypto.groups.filter(group => group !== X25519MLKEM768)

describe('the TLS engine and node:tls', { concurrency: 4 }, () => {
  for (const suite of suites) {
    for (const kind of kindsFor[suite.authentication] ?? []) {
      const version = suite.protocol === 0x0304 ? 'TLSv1.3' : 'TLSv1.2'
      const ciphers = suite.protocol === 0x0304 ? suite.name : `${suite.name}:@SECLEVEL=0`
      test(`their server: ${suite.name}, ${kind}`, async () => {
        const server = await theirServer({ ...pem(kind), ciphers, maxVersion: version, minVersion: version })
        const client = await talk(server.port, configFor('client', kind, { cipherSuites: [suite], now }), 'hello bye')
        server.close()
        assert.equal(client.text, 'HELLO BYE', String(client.error))
        assert.equal(client.engine.info.cipherSuite, suite)
      })
      test(`their client: ${suite.name}, ${kind}`, async () => {
        const { server, port } = await shoutingServer(configFor('server', kind, { cipherSuites: [suite], now }))
        const options = { ciphers, maxVersion: version, minVersion: version } as const
        const { text, cipher } = await theirTalk(port, options)
        server.close()
        assert.equal(text, 'HELLO BYE')
        assert.equal(cipher, suite.name)
      })
    }
  }

  for (const group of groups) {
    for (const version of [0x0303, 0x0304] as const) {
      const versions = { minVersion: version, maxVersion: version, now }
      test(`${group.name} with ${version === 0x0304 ? '1.3' : '1.2'}, both ways`, async () => {
        const theirs = await theirServer({ ...pem('rsa'), ecdhCurve: group.name })
        // The share that we send first is of another group where there is one: a HelloRetryRequest in TLS 1.3.
        const other = groups.find(one => one !== group) ?? group
        const client = await talk(
          theirs.port,
          configFor('client', 'rsa', { ...versions, groups: [other, group] }),
          'bye',
        )
        theirs.close()
        assert.equal(client.text, 'BYE', String(client.error))
        assert.equal(client.engine.info.group, group)
        const ours = await shoutingServer(configFor('server', 'rsa', { ...versions, groups: [group] }))
        const { text } = await theirTalk(ours.port, { ecdhCurve: `${other.name}:${group.name}` })
        ours.server.close()
        assert.equal(text, 'HELLO BYE')
      })
    }
  }

  for (const version of [0x0303, 0x0304] as const) {
    const name = version === 0x0304 ? 'TLSv1.3' : 'TLSv1.2'
    const versions: Partial<TlsEngineConfig> = { minVersion: version, maxVersion: version, now }

    test(`sessions are resumed, both ways: ${name}`, async () => {
      const theirs = await theirServer({ ...pem('ec256'), maxVersion: name })
      const first: Recorded = await talk(theirs.port, configFor('client', 'ec256', versions), 'bye')
      const second = await talk(
        theirs.port,
        configFor('client', 'ec256', { ...versions, session: first.sessions[0] }),
        'bye',
      )
      theirs.close()
      assert.equal(second.engine.info.isResumed, true)
      assert.equal(second.text, 'BYE')
      const ours = await shoutingServer(configFor('server', 'ec256', versions))
      const one = await theirTalk(ours.port, { servername: 'localhost' })
      const other = await theirTalk(ours.port, { servername: 'localhost', session: one.session })
      ours.server.close()
      assert.equal(other.isReused, true)
      assert.equal(other.text, 'HELLO BYE')
    })

    test(`client certificates, both ways: ${name}`, async () => {
      for (const kind of ['ec256', 'rsa', 'ed25519'] as const) {
        const options = { ...pem('ec256'), requestCert: true, rejectUnauthorized: false, maxVersion: name } as const
        const theirs = await theirServer(options)
        const client = await talk(
          theirs.port,
          configFor('client', 'ec256', { ...versions, credentials: [credential(kind)] }),
          'bye',
        )
        theirs.close()
        assert.equal(client.text, 'BYE', String(client.error))
        assert.equal(theirs.peerSubjects[0], 'localhost')
        const ours = await shoutingServer(configFor('server', 'ec256', { ...versions, requestCert: true }))
        const { text } = await theirTalk(ours.port, pem(kind))
        ours.server.close()
        assert.equal(text, 'HELLO BYE')
        assert.deepEqual(ours.all[0]?.peerCertificates, credential(kind).certificates)
      }
    })

    test(`keying material is the same at both ends: ${name}`, async () => {
      const ours = await shoutingServer(configFor('server', 'ec256', versions))
      const { exported } = await theirTalk(ours.port, {})
      assert.deepEqual(
        Buffer.from(ours.all[0]?.engine.exportKeyingMaterial(40, 'label', Buffer.from('ctx')) ?? []),
        exported,
      )
      ours.server.close()
    })
  }

  test('renegotiation with their server and by their client', async () => {
    const versions: Partial<TlsEngineConfig> = { minVersion: 0x0303, maxVersion: 0x0303, now }
    const ours = await shoutingServer(configFor('server', 'ec256', versions))
    const events = await new Promise<string>((resolve, reject) => {
      const socket = tls.connect({ port: ours.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        socket.renegotiate({ rejectUnauthorized: false }, error => {
          if (error) reject(error)
          else socket.write('again bye')
        })
      })
      socket.on('data', data => resolve(String(data)))
      socket.on('error', reject)
    })
    ours.server.close()
    assert.equal(events, 'AGAIN BYE')
    assert.deepEqual(ours.all[0]?.events, ['done', 'done'])
  })
})

interface TheirServer {
  readonly port: number
  readonly peerSubjects: string[]
  close(): void
}

async function theirServer(options: tls.TlsOptions): Promise<TheirServer> {
  const peerSubjects: string[] = []
  const server = tls.createServer(options, socket => {
    const { subject } = socket.getPeerCertificate()
    if (subject) peerSubjects.push(String(subject.CN))
    socket.on('error', () => {})
    socket.on('data', data => {
      socket.write(String(data).toUpperCase())
      if (String(data).includes('bye')) socket.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, peerSubjects, close: () => server.close() }
}

interface Talked {
  text: string
  cipher: string
  isReused: boolean
  session: Buffer | undefined
  exported: Buffer
}

function theirTalk(port: number, options: tls.ConnectionOptions): Promise<Talked> {
  return new Promise((resolve, reject) => {
    let text = ''
    let session: Buffer | undefined
    let exported = Buffer.alloc(0)
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      exported = socket.exportKeyingMaterial(40, 'label', Buffer.from('ctx'))
      socket.write('hello bye')
    })
    let cipher = ''
    let isReused = false
    socket.on('secureConnect', () => {
      cipher = socket.getCipher().name
      isReused = socket.isSessionReused()
    })
    socket.on('session', one => {
      session = one
    })
    socket.on('data', data => {
      text += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve({ text, cipher, isReused, session, exported }))
  })
}
