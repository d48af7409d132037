// A server that shows another certificate in a renegotiation is judged again, before anything more of what it says is told.

import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { nodePrivateKey } from '../../src/crypto/node/node-crypto.ts'
import type { HandshakeChannel } from '../../src/tls/engine/record/channel.ts'
import type { Credential } from '../../src/tls/engine/types.ts'
import { asciiBytes } from '../../src/tls/wire/bytes.ts'
import { attach } from '../interop/engine-over-socket.ts'
import { authority, localhost, type Made, makeCertificate, wrongCertificates } from './certificates.ts'
import { configFor } from './engine/pair.ts'
import { connect } from './pair.ts'

const credentialOf = ({ key, cert }: Pick<Made, 'key' | 'cert'>): Credential => ({
  certificates: [new Uint8Array(new X509Certificate(cert).raw)],
  key: nodePrivateKey(createPrivateKey(key)),
})

/** Says `first`, begins anew with another certificate, and says `second`. */
async function turncoat(t: TestContext, certificate: Pick<Made, 'key' | 'cert'>): Promise<number> {
  const config = configFor('server', 'ec256', { maxVersion: 0x0303, credentials: [credentialOf(localhost)] })
  const server = createServer(socket => {
    t.after(() => socket.destroy())
    let handshakes = 0
    const { recorded } = attach(socket, config, {
      onHandshakeDone() {
        const { engine } = recorded
        engine.write(asciiBytes(++handshakes === 1 ? 'first ' : 'second'))
        if (handshakes > 1) return
        const channel = engine as unknown as HandshakeChannel
        channel.config = { ...channel.config, credentials: [credentialOf(certificate)] }
        engine.renegotiate()
      },
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as { port: number }).port
}

describe('a server that shows another certificate in a renegotiation', () => {
  for (const [what, certificate] of Object.entries(wrongCertificates)) {
    it(`is refused where that is ${what}`, async t => {
      const socket = connect(t, await turncoat(t, certificate))
      let text = ''
      socket.on('data', chunk => {
        text += chunk
      })
      const error = await new Promise<Error & { code?: string }>(resolve => socket.on('error', resolve))
      assert.equal(error.code, certificate.code)
      await new Promise(resolve => setImmediate(resolve))
      assert.equal(text, 'first ')
      assert.equal(socket.authorized, false)
    })
  }

  it('is heard where that is right too', async t => {
    const socket = connect(t, await turncoat(t, makeCertificateLikeLocalhost()))
    let text = ''
    for await (const chunk of socket) if ((text += chunk).length >= 12) break
    assert.equal(text, 'first second')
  })
})

function makeCertificateLikeLocalhost(): Made {
  return makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority })
}
