// The other direction of the shape: nothing that a program can detect is there where the runtime has it not, but what surplus.ts names.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import runtimeHttp from 'node:http'
import runtimeNet from 'node:net'
import { describe, it } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'
import * as tls from '../../src/tls/index.ts'
import { meteredModules, moduleNames } from './meter.ts'
import { factsOf } from './shape.ts'
import { surplus } from './surplus.ts'

/** Members that the runtime's class lacks, and its default export as well. */
const absent = ['setTypeOfService', 'getTypeOfService'] as const

describe('what only our modules have', () => {
  for (const name of moduleNames) {
    it(`is named and works: ${name}`, () => {
      const { ours, builtIn } = meteredModules[name]
      const theirs = factsOf(builtIn, true)
      const named = Object.keys(surplus[name] ?? {})
      const isNamed = (fact: string) => named.includes(fact) || named.includes(fact.replace(/[#.].*/, ''))
      // Undefined and null are what fields begin with, and nothing that a program could call.
      const found = [...factsOf(ours)].filter(
        ([fact, { kind }]) => kind !== 'undefined' && kind !== 'object' && !theirs.has(fact),
      )
      const surprising = found.map(([fact]) => fact).filter(fact => !/^_|[#.]_/.test(fact) && !isNamed(fact))
      assert.deepEqual(surprising, [])
    })
  }
})

describe('what stands on the runtime', () => {
  it('is there where the runtime has it, and nowhere else', () => {
    for (const method of absent) {
      assert.equal(method in net.Socket.prototype, method in runtimeNet.Socket.prototype, method)
      assert.equal(method in new net.Socket(), method in runtimeNet.Socket.prototype, method)
      assert.equal(method in tls.TLSSocket.prototype, method in runtimeNet.Socket.prototype, `${method} of TLSSocket`)
    }
    assert.equal('BoundSocket' in net, 'BoundSocket' in runtimeNet)
    for (const name of ['WebSocket', 'CloseEvent'] as const) assert.equal(name in http, name in runtimeHttp, name)
  })

  it('an option without it is passed over, as the runtime passes over it', async () => {
    const server = net.createServer(socket => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = net.connect({ port, host: '127.0.0.1', typeOfService: 0x10 } as never)
    await once(socket.resume(), 'close')
    server.close()
  })
})
