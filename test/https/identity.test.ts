// Who may answer a request: one host however it is spelt, pools and sessions apart for every option that says who is at the
// other end, and checks that only one word turns off.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import https from '../../src/https/index.ts'
import { authority, makeCertificate, wrongCertificates } from '../tls/certificates.ts'
import { ask, clientOptions, serve } from './pair.ts'

const toLoopback = (_name: string, options: { all?: boolean }, done: (...given: unknown[]) => void): void => {
  if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }])
  else done(null, '127.0.0.1', 4)
}

describe('one host, however it is spelt', () => {
  const own = makeCertificate({ name: 'x', altNames: ['DNS:a.example', 'IP:127.0.0.1'], issuer: authority })
  const credentials = { key: own.key, cert: own.cert }
  const spellings = ['a.example', 'A.EXAMPLE', 'a.example.', 'a。example'].map(host => ({ host, lookup: toLoopback }))
  // The Host field may hold no dot but the ASCII one.
  const headers = { host: 'a.example' }

  it('has one pool of connections', async t => {
    const { port } = await serve(t, (_request, response) => response.end(), credentials)
    const options = { ...clientOptions(t, port), headers }
    const reused: boolean[] = []
    for (const spelling of spellings) reused.push((await ask({ ...options, ...spelling })).request.reusedSocket)
    assert.deepEqual(reused, [false, true, true, true])
    assert.equal(Object.keys((options.agent as unknown as InstanceType<typeof https.Agent>).freeSockets).length, 1)
  })

  it('has one cache of sessions', async t => {
    const { port } = await serve(
      t,
      (request, response) => response.end(String((request.socket as unknown as TLSSocket).isSessionReused())),
      credentials,
    )
    const options = { ...clientOptions(t, port, { keepAlive: false }), headers }
    const resumed: string[] = []
    for (const spelling of spellings) resumed.push((await ask({ ...options, ...spelling })).text)
    assert.deepEqual(resumed, ['false', 'true', 'true', 'true'])
  })

  it('is asked for, and certified, in one form', async t => {
    const { port } = await serve(
      t,
      (request, response) => response.end(String((request.socket as unknown as TLSSocket).servername)),
      credentials,
    )
    for (const spelling of spellings) {
      const options = { ...clientOptions(t, port), headers }
      assert.equal((await ask({ ...options, ...spelling })).text, 'a.example')
    }
  })

  it('also where it is an address', () => {
    const agent = new https.Agent()
    assert.equal(agent.getName({ host: '::1', port: 1 }), agent.getName({ host: '[0:0:0:0:0:0:0:1]', port: 1 }))
    assert.notEqual(agent.getName({ host: '::1', port: 1 }), agent.getName({ host: '::2', port: 1 }))
  })
})

describe('the name of a pool', () => {
  const agent = new https.Agent()
  const identity: Readonly<Record<string, readonly [unknown, unknown]>> = {
    ca: ['a', 'b'],
    cert: ['a', 'b'],
    clientCertEngine: ['a', 'b'],
    ciphers: ['a', 'b'],
    key: ['a', 'b'],
    pfx: [Buffer.from([0xff]), Buffer.from([0xfe])],
    passphrase: ['a', 'b'],
    rejectUnauthorized: [true, false],
    servername: ['a', 'b'],
    minVersion: ['TLSv1.2', 'TLSv1.3'],
    maxVersion: ['TLSv1.2', 'TLSv1.3'],
    secureProtocol: ['TLS_method', 'TLSv1_2_method'],
    crl: ['a', 'b'],
    honorCipherOrder: [true, false],
    ecdhCurve: ['P-256', 'P-384'],
    dhparam: ['a', 'b'],
    secureOptions: [1, 2],
    sessionIdContext: ['a', 'b'],
    sigalgs: ['a', 'b'],
    privateKeyIdentifier: ['a', 'b'],
    privateKeyEngine: ['a', 'b'],
    secureContext: [{}, Object.create({})],
    ALPNProtocols: [['a'], ['b']],
    allowPartialTrustChain: [true, false],
    checkServerIdentity: [() => undefined, () => undefined],
    minDHSize: [1024, 2048],
    pskCallback: [() => null, () => null],
    host: ['a', 'b'],
    port: [1, 2],
    localAddress: ['127.0.0.1', '127.0.0.2'],
    family: [4, 6],
    socketPath: ['/a', '/b'],
  }
  for (const [option, [one, other]] of Object.entries(identity)) {
    it(`tells ${option} apart`, () => {
      assert.notEqual(agent.getName({ [option]: one }), agent.getName({ [option]: other }))
      assert.notEqual(agent.getName({ [option]: one }), agent.getName({}))
    })
  }

  it('is the same for equal contents in other objects', () => {
    const make = () => ({
      ca: ['a', Buffer.from([0x80, 0x81])],
      key: [{ pem: Buffer.from('a'), passphrase: 'b' }],
      pfx: [{ buf: Buffer.from([1]), passphrase: 'c' }],
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    assert.equal(agent.getName(make()), agent.getName(make()))
    assert.equal(agent.getName({ ca: Buffer.from('a') }), agent.getName({ ca: 'a' }))
  })

  it('takes no value for two, nor two for one', () => {
    for (const [one, other] of [
      [
        { ca: 'x:y', ciphers: 'p' },
        { ca: 'x', cert: 'y', ciphers: ':p' },
      ],
      [{ ca: ['a', 'b'] }, { ca: 'a,b' }],
      [{ ca: 'a%3Ab' }, { ca: 'a:b' }],
      [
        { socketPath: '/s:x', cert: 'y' },
        { socketPath: '/s', ca: 'x', cert: ':y' },
      ],
      [{ servername: 'b' }, { servername: '', minVersion: 'b' }],
    ]) {
      assert.notEqual(agent.getName(one), agent.getName(other))
    }
  })

  it('shows no secret', () => {
    const name = agent.getName({ passphrase: 'open sesame', key: [{ pem: 'k', passphrase: 'open sesame' }] })
    assert.ok(!name.includes('sesame'))
  })
})

describe('what is undefined turns no check off', () => {
  for (const [what, { key, cert, code }] of Object.entries(wrongCertificates)) {
    it(`a certificate that is ${what}`, async t => {
      const { port } = await serve(t, (_request, response) => response.end(), { key, cert })
      const unsaid = {
        rejectUnauthorized: undefined,
        ciphers: undefined,
        minVersion: undefined,
        servername: undefined,
        crl: undefined,
      }
      for (const [agentOptions, requestOptions] of [
        [{}, {}],
        [{}, unsaid],
        [unsaid, {}],
        [{ rejectUnauthorized: false }, { rejectUnauthorized: true }],
        [{}, { rejectUnauthorized: null }],
        [{}, { rejectUnauthorized: 0 }],
      ] as const) {
        const options = { ...clientOptions(t, port, agentOptions), ...requestOptions }
        // What the agent says goes before what a request says, as in Node.
        if ('rejectUnauthorized' in agentOptions && agentOptions.rejectUnauthorized === false) {
          assert.equal((await ask(options)).text, '')
        } else await assert.rejects(ask(options), { code })
      }
    })
  }

  it('and a check that is set to undefined is an error, as in Node', async t => {
    const { port } = await serve(t, (_request, response) => response.end())
    const options = { ...clientOptions(t, port), checkServerIdentity: undefined }
    await assert.rejects(async () => ask(options), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('a server that asks for certificates refuses clients without one', async t => {
    const asking = { requestCert: true, rejectUnauthorized: undefined, ca: authority.cert }
    const { port } = await serve(t, () => assert.fail('it was let in'), asking)
    await assert.rejects(ask(clientOptions(t, port)))
  })
})
