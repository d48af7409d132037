// https.Agent: what may share a connection, what may share a session, and how long.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import https from '../../src/https/index.ts'
import tls from '../../src/tls/index.ts'
import { client, makeCertificate } from '../tls/certificates.ts'
import { ask, clientOptions, serve } from './pair.ts'

describe('an agent', () => {
  it('takes the options of http', () => {
    const options = { keepAlive: true, keepAliveMsecs: 5, maxSockets: 3, maxFreeSockets: 2, maxTotalSockets: 4 }
    const agent = https.Agent({ ...options, scheduling: 'fifo', timeout: 7 })
    const { keepAlive, keepAliveMsecs, maxSockets, maxFreeSockets, maxTotalSockets, scheduling } = agent
    assert.deepEqual({ keepAlive, keepAliveMsecs, maxSockets, maxFreeSockets, maxTotalSockets }, options)
    assert.deepEqual([scheduling, agent.options.timeout, agent.defaultPort], ['fifo', 7, 443])
  })

  it('uses a connection again', async t => {
    const { port } = await serve(t, (_request, response) => response.end())
    const options = clientOptions(t, port)
    assert.equal((await ask(options)).request.reusedSocket, false)
    assert.equal((await ask(options)).request.reusedSocket, true)
  })

  it('resumes a session where it has no connection', async t => {
    const { port } = await serve(t, (request, response) =>
      response.end(String((request.socket as unknown as TLSSocket).isSessionReused())),
    )
    const options = clientOptions(t, port, { keepAlive: false })
    assert.equal((await ask(options)).text, 'false')
    assert.equal((await ask(options)).text, 'true')
  })

  it('keeps no more sessions than maxCachedSessions, and none for 0', () => {
    const agent = new https.Agent({ maxCachedSessions: 2 })
    for (const key of ['a', 'b', 'b', '__proto__']) agent._cacheSession(key, Buffer.from(key))
    assert.deepEqual(agent._sessionCache.list, ['b', '__proto__'])
    assert.equal(agent._getSession('a'), undefined)
    assert.equal(agent._getSession('constructor'), undefined)
    agent._evictSession('b')
    assert.equal(agent._getSession('b'), undefined)
    const none = new https.Agent({ maxCachedSessions: 0 })
    none._cacheSession('a', Buffer.from('a'))
    assert.equal(none._getSession('a'), undefined)
  })

  it('tells key log lines of its connections', async t => {
    const { port } = await serve(t, (_request, response) => response.end())
    const options = clientOptions(t, port)
    const told = once(options.agent, 'keylog')
    await ask(options)
    const [line, socket] = await told
    assert.match(String(line), /^[A-Z_0-9]+ [0-9a-f]{64} /)
    assert.ok(socket instanceof tls.TLSSocket)
  })
})

describe('getName tells apart', () => {
  const agent = new https.Agent()
  const pair = makeCertificate({ name: 'x' })
  const function1 = () => undefined
  const function2 = () => undefined
  const differing: readonly [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['authorities', { ca: 'a' }, { ca: 'b' }],
    ['authorities as bytes', { ca: Buffer.from([0x80]) }, { ca: Buffer.from([0x81]) }],
    ['PKCS#12 that is the same as text', { pfx: Buffer.from([0xff]) }, { pfx: Buffer.from([0xfe]) }],
    ['PKCS#12 in lists', { pfx: [{ buf: Buffer.from([0xff]) }] }, { pfx: [{ buf: Buffer.from([0xfe]) }] }],
    ['passphrases', { pfx: 'a', passphrase: 'b' }, { pfx: 'a', passphrase: 'c' }],
    ['names', { servername: 'b' }, { servername: 'c' }],
    ['rejectUnauthorized', { rejectUnauthorized: false }, { rejectUnauthorized: true }],
    ['checkServerIdentity by reference', { checkServerIdentity: function1 }, { checkServerIdentity: function2 }],
    [
      'contexts by reference',
      { secureContext: tls.createSecureContext() },
      { secureContext: tls.createSecureContext() },
    ],
    ['protocols', { ALPNProtocols: ['a'] }, { ALPNProtocols: ['b'] }],
    ['ciphers', { ciphers: 'a' }, { ciphers: 'b' }],
    ['versions', { minVersion: 'TLSv1.2' }, { maxVersion: 'TLSv1.2' }],
    ['keys', { key: client.key }, { key: pair.key }],
    ['keys with passphrases', { key: [{ pem: 'a', passphrase: 'b' }] }, { key: [{ pem: 'a', passphrase: 'c' }] }],
    ['certificates', { cert: client.cert }, { cert: pair.cert }],
    ['revocation lists', { crl: 'a' }, { crl: 'b' }],
    ['pskCallback', { pskCallback: function1 }, { pskCallback: function2 }],
  ]
  for (const [what, one, other] of differing) {
    it(what, () => {
      assert.notEqual(agent.getName({ host: 'a', ...one }), agent.getName({ host: 'a', ...other }))
      assert.notEqual(agent.getName({ host: 'a', ...one }), agent.getName({ host: 'a' }))
      assert.equal(agent.getName({ host: 'a', ...one }), agent.getName({ host: 'a', ...one }))
    })
  }

  it('and shows no private key', () => {
    const name = agent.getName({ key: client.key, pfx: Buffer.from(client.key), passphrase: 'secret' })
    assert.ok(!name.includes('PRIVATE KEY'))
  })
})

it('two requests that differ in who may answer share neither connection nor session', async t => {
  let connections = 0
  const { port, server } = await serve(t, (_request, response) => response.end())
  server.on('secureConnection', () => connections++)
  const options = clientOptions(t, port)
  await ask(options)
  await ask({ ...options, checkServerIdentity: () => undefined })
  await assert.rejects(ask({ ...options, ca: [], servername: 'localhost' }))
  assert.equal(connections, 2)
})
