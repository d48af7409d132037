// Descriptors of UDP sockets on real sockets: none outlives the bind that failed, or the resolver's question.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import * as dgram from '../../src/dgram/index.ts'
import * as dns from '../../src/dns/index.ts'
import { handlesClosed, openDescriptors } from '../support/open-descriptors.ts'

/** TEST-NET-1: no machine has it. */
const ELSEWHERE = '192.0.2.1'
const ROUNDS = 20

describe('UDP descriptors', { skip: openDescriptors() === undefined }, () => {
  const failures: Record<string, () => Promise<unknown>> = {
    'bind() to an address that is not here': async () => {
      const socket = dgram.createSocket('udp4')
      socket.bind(0, ELSEWHERE)
      await once(socket, 'error')
      await new Promise<void>(resolve => socket.close(resolve))
    },
    'bind() that is tried again on the same socket': async () => {
      const socket = dgram.createSocket('udp4')
      for (const address of [ELSEWHERE, ELSEWHERE]) {
        socket.bind(0, address)
        await once(socket, 'error')
      }
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      await new Promise<void>(resolve => socket.close(resolve))
    },
    'bindSync() to an address that is not here': async () => {
      const socket = dgram.createSocket('udp4')
      assert.throws(() => socket.bindSync({ address: ELSEWHERE }), { code: 'EADDRNOTAVAIL' })
      await new Promise<void>(resolve => socket.close(resolve))
    },
    'a resolver whose local address is not here': async () => {
      const resolver = new dns.promises.Resolver({ tries: 2 })
      resolver.setServers(['127.0.0.1:9'])
      resolver.setLocalAddress(ELSEWHERE)
      await assert.rejects(resolver.resolve4('example.test'), { code: 'ECONNREFUSED' })
    },
    'a resolver cancelled while it binds': async () => {
      const resolver = new dns.promises.Resolver()
      resolver.setServers(['127.0.0.1:9'])
      resolver.setLocalAddress(ELSEWHERE)
      const cancelled = assert.rejects(resolver.resolve4('example.test'), { code: 'ECANCELLED' })
      resolver.cancel()
      await cancelled
    },
    'a resolver whose server is not there': async () => {
      const resolver = new dns.promises.Resolver({ tries: 2 })
      resolver.setServers(['127.0.0.1:9'])
      await assert.rejects(resolver.resolve4('example.test'), { code: 'ECONNREFUSED' })
    },
  }
  for (const [failure, fail] of Object.entries(failures)) {
    it(`are closed after ${failure}`, async () => {
      await fail()
      await handlesClosed()
      const before = openDescriptors()
      for (let round = 0; round < ROUNDS; round++) await fail()
      await handlesClosed()
      assert.equal(openDescriptors(), before)
    })
  }
})
