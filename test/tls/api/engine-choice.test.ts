// The one setting that says whose TLS is spoken, for tls and https alike: by the environment, and by a function.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import https from '../../../src/https/index.ts'
import { connectionOf } from '../../../src/net/internal.ts'
import { defaults } from '../../../src/tls/api/defaults.ts'
import { setTlsEngine, type TlsEngineName, tlsEngine } from '../../../src/tls/api/engine-choice.ts'
import { EngineBackend } from '../../../src/tls/connection/engine-backend.ts'
import type { TlsConnection } from '../../../src/tls/connection/tls-connection.ts'
import { ask, clientOptions, serve } from '../../https/pair.ts'
import { authority, makeCertificate } from '../certificates.ts'
import { connect, listen, type Socket, secured, textOf } from '../pair.ts'

function engineOf(socket: object): TlsEngineName {
  const { backend } = connectionOf(socket) as TlsConnection
  return backend instanceof EngineBackend ? 'plainwire' : 'runtime'
}

function choose(t: TestContext, engine: TlsEngineName): void {
  setTlsEngine(engine)
  t.after(() => setTlsEngine(undefined))
}

for (const engine of ['plainwire', 'runtime'] as const) {
  describe(`by setTlsEngine('${engine}')`, () => {
    it('tls speaks that one, on both sides', async t => {
      choose(t, engine)
      const { port, server } = await listen(t, { minVersion: 'TLSv1.3' })
      const socket = connect(t, port, { minVersion: 'TLSv1.3' })
      const [peer] = (await once(server, 'secureConnection')) as [Socket]
      if (socket.secureConnecting) await secured(socket)
      assert.deepEqual([engineOf(socket), engineOf(peer)], [engine, engine])
      peer.end('carried')
      assert.equal(await textOf(socket), 'carried')
    })

    it('https does, too', async t => {
      choose(t, engine)
      const { port } = await serve(t, (request, response) => response.end(engineOf(request.socket)), {
        minVersion: 'TLSv1.3',
      })
      const { text, socket } = await ask({ ...clientOptions(t, port), minVersion: 'TLSv1.3', agent: new https.Agent() })
      assert.equal(text, engine)
      assert.equal((socket as { authorized: boolean }).authorized, true)
    })

    it('certificates are checked', async t => {
      choose(t, engine)
      const { port } = await listen(t, { minVersion: 'TLSv1.3' })
      const socket = connect(t, port, { minVersion: 'TLSv1.3', ca: [] })
      const [error] = (await once(socket, 'error')) as [Error & { code: string }]
      assert.equal(error.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    })
  })
}

for (const engine of ['plainwire', 'runtime'] as const) {
  it(`what cannot be renegotiated has OpenSSL's error, by ${engine}`, async t => {
    choose(t, engine)
    const { port } = await listen(t, { minVersion: 'TLSv1.3' })
    const socket = await secured(connect(t, port, { minVersion: 'TLSv1.3' }))
    const error = await new Promise<(Error & { code?: string }) | null>(resolve => {
      assert.equal(socket.renegotiate({}, resolve), false)
    })
    assert.equal(error?.code, 'ERR_SSL_WRONG_SSL_VERSION')
  })

  it(`a client may renegotiate as often as CLIENT_RENEG_LIMIT says, by ${engine}`, async t => {
    choose(t, engine)
    const { CLIENT_RENEG_LIMIT } = defaults
    t.after(() => Object.assign(defaults, { CLIENT_RENEG_LIMIT }))
    defaults.CLIENT_RENEG_LIMIT = 1
    const failures: string[] = []
    const { port } = await listen(t, { maxVersion: 'TLSv1.2' }, one => {
      one.on('error', (error: Error & { code?: string }) => failures.push(String(error.code)))
    })
    const socket = await secured(connect(t, port))
    let times = 0
    const again = () => socket.renegotiate({}, () => ++times && setImmediate(again))
    again()
    await new Promise(resolve => socket.on('close', resolve))
    assert.deepEqual([times, failures], [1, ['ERR_TLS_SESSION_ATTACK']])
  })

  it(`NODE_TLS_REJECT_UNAUTHORIZED=0 is warned of once, by ${engine}`, async () => {
    const script = `
      const { default: tls } = await import(process.argv[1])
      const server = (await import('node:net')).createServer(socket => socket.destroy()).listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        for (const _ of [1, 2]) tls.connect(port, '127.0.0.1').on('error', () => {}).on('close', () => server.close())
      })`
    const file = new URL('../../../src/tls/index.js', import.meta.url).href
    const env = { ...process.env, PLAINWIRE_TLS: engine, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file], { env })
    assert.equal(stderr.match(/NODE_TLS_REJECT_UNAUTHORIZED/g)?.length, 1, stderr)
  })
}

it('the environment says it, where no function does', async () => {
  const script = `console.log((await import(process.argv[1])).tlsEngine())`
  const file = new URL('../../../src/tls/api/engine-choice.js', import.meta.url).href
  for (const engine of ['plainwire', 'runtime']) {
    const env = { ...process.env, PLAINWIRE_TLS: engine }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file], { env })
    assert.equal(stdout.trim(), engine)
  }
  assert.throws(() => setTlsEngine('other' as never), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.ok(['plainwire', 'runtime'].includes(tlsEngine()))
})

describe('where nothing is chosen', () => {
  // Where padding cannot be kept secret, RSA key exchange is the runtime's.
  const withRsa: TlsEngineName = nodeCrypto.rsaDecrypt === undefined ? 'runtime' : 'plainwire'
  for (const [ciphers, server, client] of [
    ['HIGH', 'plainwire', 'plainwire'],
    ['AES128-GCM-SHA256', withRsa, 'plainwire'],
    // One that is named is asked for, whatever else there is; one that a word stands for is not.
    ['ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256', withRsa, 'plainwire'],
    ['ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:!kRSA', 'plainwire', 'plainwire'],
    ['ECDHE-RSA-AES128-GCM-SHA256:kRSA', 'plainwire', 'plainwire'],
    ['ALL@SECLEVEL=0', withRsa, 'plainwire'],
  ] as const) {
    it(`${ciphers}: a server is served by ${server}, a client by ${client}`, async t => {
      const own = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority, keyType: 'rsa' })
      const options = { ciphers, maxVersion: 'TLSv1.2', key: own.key, cert: own.cert }
      const { port, server: listening } = await listen(t, options)
      const told = once(listening, 'secureConnection')
      const socket = await secured(connect(t, port, { ciphers, maxVersion: 'TLSv1.2' }))
      const [peer] = (await told) as [Socket]
      assert.deepEqual([engineOf(peer), engineOf(socket)], [server, client])
    })
  }
})
