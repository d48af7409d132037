// Compressed certificates with the runtime's TLS, both ways and both certificates, where it has them (Node 26).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import * as runtime from 'node:tls'
import tls from '../../src/tls/index.ts'
import { authority, client, localhost } from '../tls/certificates.ts'

type Tls = Pick<typeof runtime, 'connect' | 'createServer'>

const { getCertificateCompressionAlgorithms: theirs } = runtime as { getCertificateCompressionAlgorithms?(): string[] }
const shared = tls.getCertificateCompressionAlgorithms().filter(name => theirs?.().includes(name))
const skip = shared.length === 0 && 'this runtime compresses no certificates'

async function exchange(name: string, servers: Tls, clients: Tls): Promise<void> {
  const compression = { certificateCompression: [name] } as object
  const own = { ca: authority.cert, ...compression }
  const server = servers.createServer({ ...localhost, ...own, requestCert: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'secureConnection')
  const socket = clients.connect({ port, servername: 'localhost', ...client, ...own })
  await once(socket, 'secureConnect')
  const [other] = (await accepted) as [runtime.TLSSocket]
  try {
    assert.equal(socket.getPeerCertificate().subject.CN, 'localhost')
    assert.equal(other.authorized, true)
    other.end('hello')
    assert.equal(String((await once(socket, 'data'))[0]), 'hello')
  } finally {
    socket.destroy()
    other.destroy()
    server.close()
  }
}

describe('compressed certificates with node:tls', { skip }, () => {
  for (const name of shared) {
    it(`${name}, our client`, () => exchange(name, runtime, tls as unknown as Tls))
    it(`${name}, our server`, () => exchange(name, tls as unknown as Tls, runtime))
  }
})
