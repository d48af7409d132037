// X25519MLKEM768 with the runtime's TLS, both ways, where both have it (Node 24.7 and later): by default, and on demand.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import * as runtime from 'node:tls'
import { X25519MLKEM768 } from '../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../src/crypto/node/node-crypto.ts'
import tls from '../../src/tls/index.ts'
import { authority, localhost } from '../tls/certificates.ts'

type Tls = Pick<typeof runtime, 'connect' | 'createServer'>

const ours = tls as unknown as Tls
const skip = !nodeCrypto.groups.includes(X25519MLKEM768) && 'this runtime has no ML-KEM'

async function agreedKey(servers: Tls, clients: Tls, options: runtime.ConnectionOptions): Promise<object | null> {
  const server = servers.createServer({ ...localhost }, socket => socket.end('x'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const socket = clients.connect({ port, servername: 'localhost', ca: authority.cert, ...options })
  try {
    await once(socket, 'secureConnect')
    return socket.getEphemeralKeyInfo()
  } finally {
    socket.destroy()
    server.close()
  }
}

describe('X25519MLKEM768', { skip }, () => {
  for (const options of [{}, { ecdhCurve: 'X25519MLKEM768' }]) {
    const how = Object.keys(options).length === 0 ? 'by default' : 'on demand'
    it(`is agreed on ${how}, and told of as the runtime does`, async () => {
      const expected = await agreedKey(runtime, runtime, options)
      assert.equal((expected as { name?: string }).name, 'X25519MLKEM768')
      assert.deepEqual(await agreedKey(ours, ours, options), expected)
      assert.deepEqual(await agreedKey(runtime, ours, options), expected)
      assert.deepEqual(await agreedKey(ours, runtime, options), expected)
    })
  }
})
