// Every wrong certificate is refused by default on every way to ask something over TLS, and the server sees no request.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import http2 from '../../src/http2/index.ts'
import https from '../../src/https/index.ts'
import { authority, wrongCertificates } from '../tls/certificates.ts'
import { clientOptions, serve } from './pair.ts'

type Way = (t: TestContext, port: number, rejecting: Record<string, unknown>) => Promise<unknown>

const failureOf = async (emitter: NodeJS.EventEmitter): Promise<unknown> => (await once(emitter, 'error'))[0]

const ways: Readonly<Record<string, Way>> = {
  'https.request(options)': (t, port, rejecting) =>
    failureOf(https.request({ ...clientOptions(t, port), ...rejecting }).end('secret')),
  'https.request(url, options)': (t, port, rejecting) => {
    const { agent, family } = clientOptions(t, port)
    const options = { agent, family, ca: authority.cert, ...rejecting } as object
    return failureOf(https.request(`https://localhost:${port}/`, options).end('secret'))
  },
  'https.get(options)': (t, port, rejecting) => failureOf(https.get({ ...clientOptions(t, port), ...rejecting })),
  'options of an Agent': (t, port, rejecting) => {
    const { agent, host, family } = clientOptions(t, port, { ca: authority.cert, ...rejecting })
    return failureOf(https.request({ agent, host, family, port } as object).end('secret'))
  },
  'http2.connect(url, options)': (t, port, rejecting) => {
    const options = { ca: authority.cert, family: 4, ...rejecting } as object
    const session = http2.connect(`https://localhost:${port}`, options)
    t.after(() => session.destroy())
    session
      .request({ ':path': '/' })
      .on('error', () => {})
      .end('secret')
    return failureOf(session)
  },
}

for (const [way, ask] of Object.entries(ways)) {
  describe(way, () => {
    for (const [what, { key, cert, code }] of Object.entries(wrongCertificates)) {
      it(`refuses a certificate that is ${what}`, async t => {
        const ALPNProtocols = ['h2', 'http/1.1']
        const wrong = { key, cert, ALPNProtocols }
        const { port, server } = await serve(t, () => assert.fail('the server saw a request'), wrong)
        server.on('secureConnection', () => assert.fail('the server saw a connection'))
        for (const rejecting of [{}, { rejectUnauthorized: undefined }, { rejectUnauthorized: null }]) {
          assert.equal(((await ask(t, port, rejecting)) as { code?: string }).code, code)
        }
      })
    }
  })
}
