// net: what a connection costs to accept, and to keep.

import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { BenchCase, Load } from '../case.ts'
import { destroyAll, open, serveWith } from './streams.bench.ts'

/** `width` at a time: connects, waits for the server's byte and its FIN, connects anew. */
function connectLoad(target: NetConnectOpts, width: number): Load {
  const once = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(target)
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.resume()
    })
  return {
    run: async ms => {
      const until = performance.now() + ms
      let operations = 0
      const keepBusy = async () => {
        while (performance.now() < until) {
          await once()
          operations++
        }
      }
      await Promise.all(Array.from({ length: width }, keepBusy))
      return operations
    },
    close() {},
  }
}

export default [
  {
    kind: 'speed',
    name: 'net/connections',
    operation: 'connection accepted, answered with a byte and closed',
    serve: subject => serveWith(subject, socket => socket.end('x')),
    load: async (target: NetConnectOpts) => connectLoad(target, 16),
  },
  {
    kind: 'memory',
    name: 'net/idle-memory',
    thing: 'idle connection',
    count: 1000,
    serve: subject => {
      const kept = new Set<Socket>()
      return serveWith(subject, socket => {
        kept.add(socket)
        socket.on('data', () => {})
        socket.write('x')
      })
    },
    hold: async (target: NetConnectOpts, count) => {
      const sockets: Socket[] = []
      for (let i = 0; i < count; i++) {
        const socket = await open(target)
        // The server's byte says that it has taken the connection.
        await new Promise(resolve => socket.once('data', resolve))
        sockets.push(socket)
      }
      return { close: () => destroyAll(sockets) }
    },
  },
] satisfies BenchCase[]
