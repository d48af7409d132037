// What a ClientHello has a server's program asked, and in which order: that of OpenSSL, which with TLS 1.3 chooses the protocol first.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connect, failure, listen, secured } from './pair.ts'

const orders = {
  'TLSv1.2': ['SNICallback', 'OCSPRequest', 'ALPNCallback'],
  'TLSv1.3': ['ALPNCallback', 'SNICallback', 'OCSPRequest'],
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  describe(`a program asked about a hello of ${version}`, () => {
    const versions = { minVersion: version, maxVersion: version }
    const wants = { ...versions, ALPNProtocols: ['a'], requestOCSP: true }

    for (const protocol of ['a', undefined] as const) {
      it(`${protocol ? 'agrees to' : 'refuses'} its protocol`, async t => {
        const asked: string[] = []
        const { port, server } = await listen(t, {
          ...versions,
          SNICallback: (_name, done) => {
            asked.push('SNICallback')
            setImmediate(done, null)
          },
          ALPNCallback: () => {
            asked.push('ALPNCallback')
            return protocol
          },
        })
        server.on('OCSPRequest', (_certificate, _issuer, done) => {
          asked.push('OCSPRequest')
          done(null, null)
        })
        const socket = connect(t, port, wants)
        if (protocol) await secured(socket)
        else assert.equal((await failure(socket)).code, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
        const order = orders[version]
        assert.deepEqual(asked, protocol ? order : order.slice(0, order.indexOf('ALPNCallback') + 1))
      })
    }
  })
}
