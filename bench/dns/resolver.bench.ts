// Resolvers against one name server on loopback: questions per second, and what one costs the process that asks.

import { createSocket } from 'node:dgram'
import * as builtInDns from 'node:dns'
import { once } from 'node:events'
import { setLookupCache } from '../../src/dns/dns-cache.ts'
import * as dns from '../../src/dns/index.ts'
import { builtIn, type SpeedCase } from '../case.ts'

const inFlight = 100

/** Answers every question with one address: as little as a server can do, so that the asking is what is measured. */
async function answeringServer(): Promise<{ port: number; close(): void }> {
  const socket = createSocket('udp4')
  const answer = Buffer.from('c00c000100010000003c0004c0000201', 'hex')
  socket.on('message', (question, { port, address }) => {
    // The question alone: its name ends with a zero, behind it are two bytes of type and two of class.
    const end = question.indexOf(0, 12) + 5
    const reply = Buffer.concat([question.subarray(0, end), answer])
    reply.writeUInt16BE(0x8180, 2)
    reply.writeUInt16BE(1, 6)
    reply.writeUInt32BE(0, 8)
    socket.send(reply, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, close: () => socket.close() }
}

const resolve4: SpeedCase = {
  name: 'dns/resolve4',
  operation: `question answered, ${inFlight} under way`,
  kind: 'speed',
  measured: 'load',
  serve: async () => {
    const { port, close } = await answeringServer()
    return { target: { port }, close }
  },
  load: async ({ port }: { port: number }, subject) => {
    const { Resolver } = subject === builtIn ? builtInDns : (dns as unknown as typeof builtInDns)
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${port}`])
    return {
      run: ms =>
        new Promise(resolve => {
          const end = performance.now() + ms
          let answered = 0
          let open = 0
          const ask = () => {
            open++
            resolver.resolve4(`host${answered}.example.com`, error => {
              open--
              if (!error) answered++
              if (performance.now() < end) ask()
              else if (open === 0) resolve(answered)
            })
          }
          for (let i = 0; i < inFlight; i++) ask()
        }),
      close() {},
    }
  },
}

/** By the system, one after the other: what every connection by name waits for. */
const lookup: SpeedCase = {
  name: 'dns/lookup',
  operation: 'localhost looked up, one at a time',
  kind: 'speed',
  measured: 'load',
  subjects: ['with the cache', 'plainwire', builtIn],
  serve: async () => ({ target: null, close() {} }),
  load: async (_target, subject) => {
    const { lookup: find } = subject === builtIn ? builtInDns : (dns as unknown as typeof builtInDns)
    if (subject === 'with the cache') setLookupCache(true)
    return {
      run: ms =>
        new Promise(resolve => {
          const end = performance.now() + ms
          let found = 0
          const next = () =>
            find('localhost', { all: true }, error => {
              if (!error) found++
              if (performance.now() < end) next()
              else resolve(found)
            })
          next()
        }),
      close() {},
    }
  },
}

export default [resolve4, lookup] satisfies SpeedCase[]
