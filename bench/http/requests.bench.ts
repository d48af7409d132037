// http: what a server spends on a request, and what a connection that waits for the next one takes.

import type { BenchCase, MemoryCase, SpeedCase } from '../case.ts'
import { Connections, openIdle, runWithOwnConnections } from './load.ts'
import { handlers, serve } from './servers.ts'

const get = Buffer.from('GET /todos?name=mira HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n')
const manyFields = Array.from({ length: 29 }, (_, i) => `X-Field-${i}: value of field ${i}\r\n`).join('')
const getWithFields = Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\n${manyFields}\r\n`)
const json = JSON.stringify({ name: 'someone', list: Array.from({ length: 20 }, (_, id) => ({ id, text: 'item' })) })
const post = Buffer.from(
  `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
)

interface Scenario {
  readonly operation: string
  readonly request?: Buffer
  readonly handler?: keyof typeof handlers
  readonly connections?: number
}

/** On connections that stay open. */
function kept(name: string, { operation, request = get, handler = 'hello', connections = 50 }: Scenario): SpeedCase {
  return {
    kind: 'speed',
    name: `http/${name}`,
    operation,
    serve: subject => serve(subject, handlers[handler]),
    load: async ({ port }: { port: number }) => {
      const open = await Connections.open(port, connections, request)
      return { run: ms => open.run(ms), close: () => open.close() }
    },
  }
}

const getAndClose: SpeedCase = {
  kind: 'speed',
  name: 'http/get-close',
  operation: 'GET answered, a connection each',
  serve: subject => serve(subject, handlers.hello),
  load: async ({ port }: { port: number }) => ({ run: ms => runWithOwnConnections(port, get, ms), close() {} }),
}

const idleMemory: MemoryCase = {
  kind: 'memory',
  name: 'http/idle-memory',
  thing: 'idle keep-alive connection',
  count: 2000,
  serve: subject => serve(subject, handlers.hello),
  hold: async ({ port }: { port: number }, count) => {
    const sockets = await openIdle(port, count, get)
    return {
      close: () => {
        for (const socket of sockets) socket.destroy()
      },
    }
  },
}

export default [
  kept('get', { operation: 'GET answered, connections kept' }),
  kept('get-headers', { operation: 'GET with 30 fields answered', request: getWithFields, handler: 'headers' }),
  kept('post-json', { operation: 'JSON posted, parsed and sent back', request: post, handler: 'json' }),
  kept('stream-1m', { operation: '1 MiB streamed', handler: 'stream', connections: 8 }),
  getAndClose,
  kept('get-1000', { operation: 'GET answered, 1,000 connections', connections: 1000 }),
  kept('get-10000', { operation: 'GET answered, 10,000 connections', connections: 10_000 }),
  idleMemory,
] satisfies BenchCase[]
