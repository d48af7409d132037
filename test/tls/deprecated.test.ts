// What Node 20 still has and newer ones do not.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import runtime from 'node:tls'
import tls from '../../src/tls/index.ts'
import { authority, localhost } from './certificates.ts'

type Create = (context: object, isServer: boolean, ...rest: unknown[]) => Pair
interface Pair {
  readonly encrypted: Duplex
  readonly cleartext: Duplex
  destroy(): void
  once(event: 'secure', listener: () => void): void
}

const { createSecurePair } = tls as unknown as { createSecurePair?: Create }

describe('deprecated members', () => {
  it('are there where the runtime has them', () => {
    assert.equal('createSecurePair' in tls, 'createSecurePair' in runtime)
    assert.equal('setOptions' in tls.Server.prototype, 'setOptions' in runtime.Server.prototype)
  })

  it('createSecurePair secures whatever streams carry its ciphertext', { skip: !createSecurePair }, async t => {
    const create = createSecurePair as Create
    const server = create(tls.createSecureContext({ key: localhost.key, cert: localhost.cert }), true)
    const client = create(tls.createSecureContext({ ca: authority.cert }), false, true, true)
    t.after(() => {
      server.destroy()
      client.destroy()
    })
    client.encrypted.pipe(server.encrypted).pipe(client.encrypted)
    server.cleartext.pipe(server.cleartext)
    const isSecure = new Promise<void>(resolve => server.once('secure', resolve))
    const sent = Buffer.alloc(300_000, 'x')
    client.cleartext.write(sent)
    await isSecure
    let received = 0
    while (received < sent.length) received += ((await once(client.cleartext, 'data')) as [Buffer])[0].length
    assert.equal(received, sent.length)
  })

  it('setOptions keeps what it is given on the server', { skip: !('setOptions' in runtime.Server.prototype) }, () => {
    const server = tls.createServer() as ReturnType<typeof tls.createServer> & { setOptions(options: object): void }
    server.setOptions({ requestCert: true, rejectUnauthorized: false, cert: localhost.cert })
    assert.equal(server.requestCert, true)
    assert.equal(server.rejectUnauthorized, false)
    assert.equal((server as { cert?: unknown }).cert, localhost.cert)
    server.setOptions({})
    assert.equal(server.requestCert, false)
    assert.equal(server.rejectUnauthorized, true)
  })
})
