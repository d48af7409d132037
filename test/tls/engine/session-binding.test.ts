// What a session is bound to: whatever of it does not fit, a full handshake is made, and nothing of the session is taken.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import type { Credential, TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import { configFor, credential, pair, pump, type Recorded, ticketKeys } from './pair.ts'

type Changes = Partial<TlsEngineConfig>

const start = configFor('client').now()
const later = (seconds: number) => () => start + seconds * 1000

function bytesOf(one: Partial<Pick<Recorded, 'peerCertificates'>> & Partial<Credential>): Buffer[] {
  return (one.peerCertificates ?? one.certificates ?? []).map(certificate => Buffer.from(certificate))
}

interface Case {
  readonly session?: Partial<SavedSession>
  readonly client?: Changes
  readonly server?: Changes
}

const withHash = (hash: string) => cipherSuites.filter(one => one.hash === hash && one.protocol === 0x0304)
const ofKeySize = (size: string) =>
  cipherSuites.filter(one => one.name === `ECDHE-ECDSA-AES${size}-GCM-SHA${size === '128' ? 256 : 384}`)

/** As the key that gave the tickets, but for the secret part. */
const keyOfTheSameName = Buffer.concat([
  ticketKeys.keys[0]?.subarray(0, 16) ?? new Uint8Array(0),
  new Uint8Array(32).fill(9),
])

/** Each with the session's other half left as it was. */
const cases: Readonly<Record<string, Case>> = {
  'the client asks for another name': { client: { serverName: 'other.example' } },
  'the client asks for another name, with a session that it claims to be of that': {
    client: { serverName: 'other.example' },
    session: { serverName: 'other.example' },
  },
  'the client asks for no name': { client: { serverName: undefined } },
  'the server has another context': { server: { sessionIdContext: asciiBytes('other') } },
  'the server has other keys': { server: { tickets: { keys: [new Uint8Array(48).fill(9)] } } },
  'the server has keys of the same name': { server: { tickets: { keys: [keyOfTheSameName] } } },
  'the server takes none': { server: { tickets: undefined } },
  'the client finds it too old': { client: { now: later(301) } },
  'the server finds it too old': { server: { now: later(301) } },
  'the server finds that it comes from the future': { server: { now: later(-61) } },
  'the server wants a certificate now': { server: { requestCert: true } },
}

for (const version of [0x0303, 0x0304] as const) {
  const only: Changes = { minVersion: version, maxVersion: version }

  function firstSession(client: Changes = {}, server: Changes = {}): SavedSession {
    const both = pair(
      configFor('client', 'ec256', { ...only, ...client }),
      configFor('server', 'ec256', { ...only, ...server }),
    )
    pump(both)
    const session = both.client.sessions.at(-1)
    assert.ok(session)
    return session
  }

  /** Whether it was resumed; both ends agree on that and are done. */
  function resumes(session: SavedSession, client: Changes = {}, server: Changes = {}): boolean {
    const both = pair(
      configFor('client', 'ec256', { ...only, ...client, session }),
      configFor('server', 'ec256', { ...only, ...server }),
    )
    pump(both)
    const areDone = both.client.engine.isHandshakeDone && both.server.engine.isHandshakeDone
    assert.ok(areDone, String(both.client.error ?? both.server.error))
    const { isResumed } = both.client.engine.info
    assert.equal(both.server.engine.info.isResumed, isResumed)
    if (!isResumed) assert.deepEqual(bytesOf(both.client), bytesOf(credential('ec256')))
    return isResumed
  }

  describe(`sessions, version ${version.toString(16)}`, () => {
    test('are resumed where all is as it was', () => {
      assert.equal(resumes(firstSession()), true)
      assert.equal(resumes(firstSession(), { now: later(299) }, { now: later(299) }), true)
    })

    for (const [what, { session, client, server }] of Object.entries(cases)) {
      test(`are not resumed where ${what}`, () => {
        assert.equal(resumes({ ...firstSession(), ...session }, client, server), false)
      })
    }

    test('are not resumed with a ticket that was altered at any place, cut or lengthened', () => {
      const session = firstSession()
      for (let at = 0; at < session.ticket.length; at++) {
        const ticket = new Uint8Array(session.ticket)
        ticket[at] = (ticket[at] ?? 0) ^ (1 << (at % 8))
        assert.equal(resumes({ ...session, ticket }), false, `byte ${at}`)
      }
      for (const size of [1, 15, 16, 47, 48, session.ticket.length - 1]) {
        assert.equal(resumes({ ...session, ticket: session.ticket.subarray(0, size) }), false, `${size} bytes`)
      }
      assert.equal(resumes({ ...session, ticket: Buffer.concat([session.ticket, Uint8Array.of(0)]) }), false)
    })

    test('are not resumed with suites that they were not made with', () => {
      if (version === 0x0304) {
        const session = firstSession({ cipherSuites: withHash('sha384') })
        assert.equal(resumes(session, { cipherSuites: withHash('sha256') }), false)
        assert.equal(resumes(session, {}, { cipherSuites: withHash('sha256') }), false)
      } else {
        const session = firstSession({ cipherSuites: ofKeySize('128') })
        assert.equal(resumes(session, { cipherSuites: ofKeySize('256') }), false)
        assert.equal(resumes(session, {}, { cipherSuites: ofKeySize('256') }), false)
      }
    })

    test('are not resumed in another version', () => {
      const other = version === 0x0304 ? 0x0303 : 0x0304
      const session = firstSession()
      const changes = { minVersion: other, maxVersion: other } as const
      assert.equal(resumes(session, changes, changes), false)
    })

    test('do not work with another secret', () => {
      const session = firstSession()
      const secret = new Uint8Array(session.secret)
      secret[0] = (secret[0] ?? 0) ^ 1
      const both = pair(
        configFor('client', 'ec256', { ...only, session: { ...session, secret } }),
        configFor('server', 'ec256', only),
      )
      pump(both)
      assert.equal(both.client.engine.isHandshakeDone || both.server.engine.isHandshakeDone, false)
      // TLS 1.3 sees it in the binder, TLS 1.2 in records that cannot be opened.
      const alerts = version === 0x0304 ? [both.server.error?.alertName] : [both.client.error?.alertName]
      assert.deepEqual(alerts, [version === 0x0304 ? 'decrypt_error' : 'bad_record_mac'])
    })

    test('show the certificates of both ends again', () => {
      const client = { credentials: [credential('rsa')] }
      const session = firstSession(client, { requestCert: true })
      const both = pair(
        configFor('client', 'ec256', { ...only, ...client, session }),
        configFor('server', 'ec256', { ...only, requestCert: true }),
      )
      pump(both)
      assert.equal(both.server.engine.info.isResumed, true)
      assert.deepEqual(bytesOf(both.client), bytesOf(credential('ec256')))
      assert.deepEqual(bytesOf(both.server), bytesOf(credential('rsa')))
    })
  })
}

describe('a session of TLS 1.2 with an extended master secret', () => {
  test('is not taken up by a client without it: RFC 7627 section 5.3', () => {
    const only12 = { minVersion: 0x0303, maxVersion: 0x0303 } as const
    const first = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(first)
    const second = pair(
      configFor('client', 'ec256', { ...only12, session: first.client.sessions[0] }),
      configFor('server'),
    )
    pump(second, (bytes, from) => {
      // The extension becomes one that nobody knows.
      const at = from === 'client' ? Buffer.from(bytes).indexOf(Buffer.from('00170000', 'hex')) : -1
      if (at >= 0) bytes[at] = 0x7f
      return bytes
    })
    assert.deepEqual(second.server.events, ['error local handshake_failure'])
    assert.equal(second.client.engine.isHandshakeDone, false)
  })
})
