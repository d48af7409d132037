// http2: what a server spends on a request, over 16 connections of 16 streams; what a client spends; and what an idle
// session and an open stream keep in memory. The other side is always the runtime's own module.

import builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as ours from '../../src/http2/index.ts'
import { type BenchCase, type Held, type Load, builtIn as runtimes, type Serving, type SpeedCase } from '../case.ts'
import { localhost } from '../tls/certificate.ts'

const connections = 16
const streamsEach = 16

interface Target {
  readonly port: number
  readonly isSecure?: boolean
}

type Handlers = (server: builtIn.Http2Server) => void

function moduleOf(subject: string): typeof builtIn {
  return subject === 'plainwire' ? (ours as unknown as typeof builtIn) : builtIn
}

function serve(handlers: Handlers): (subject: string) => Promise<Serving> {
  return subject =>
    new Promise((resolve, reject) => {
      // Room for 16 answers of 1 MiB on a connection: with its default of 10 MB the runtime's module refuses some.
      const server = moduleOf(subject).createServer({ maxSessionMemory: 100 })
      handlers(server)
      server.on('error', reject)
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        resolve({ target: { port } satisfies Target, close: () => server.close() })
      })
    })
}

function serveSecure(handlers: Handlers): (subject: string) => Promise<Serving> {
  return subject =>
    new Promise((resolve, reject) => {
      const { key, cert } = localhost
      const server = moduleOf(subject).createSecureServer({ key, cert })
      handlers(server as unknown as builtIn.Http2Server)
      server.on('error', reject)
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        resolve({ target: { port, isSecure: true } satisfies Target, close: () => server.close() })
      })
    })
}

function connect({ port, isSecure }: Target, subject = runtimes): Promise<builtIn.ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const scheme = isSecure ? 'https' : 'http'
    const session = moduleOf(subject).connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false })
    session.on('error', reject)
    session.on('connect', () => resolve(session))
  })
}

/** One exchange; calls back once it is over. */
function exchange(session: builtIn.ClientHttp2Session, body: Buffer | undefined, done: () => void): void {
  const request = session.request(body === undefined ? { ':path': '/todos' } : { ':path': '/todos', ':method': 'POST' })
  if (body !== undefined) request.end(body)
  request.on('close', done)
  request.resume()
}

/** Keeps `streamsEach` streams busy on each connection. */
function load(body?: Buffer, side: 'client' | 'server' = 'server'): SpeedCase['load'] {
  return async (target: Target, subject: string): Promise<Load> => {
    const sessions = await Promise.all(
      Array.from({ length: connections }, () => connect(target, side === 'client' ? subject : runtimes)),
    )
    return {
      run: ms =>
        new Promise(resolve => {
          const until = performance.now() + ms
          let operations = 0
          let open = 0
          const next = (session: builtIn.ClientHttp2Session): void => {
            open++
            exchange(session, body, () => {
              open--
              operations++
              if (performance.now() < until) next(session)
              else if (open === 0) resolve(operations)
            })
          }
          for (const session of sessions) for (let i = 0; i < streamsEach; i++) next(session)
        }),
      close: () => {
        for (const session of sessions) session.destroy()
      },
    }
  }
}

const megabyte = Buffer.alloc(1024 * 1024, 'plainwire ')
const json = Buffer.from(JSON.stringify({ name: 'mira', age: 30, tags: ['a', 'b', 'c'] }))

const answerCompat: Handlers = server => {
  server.on('request', (_request, response) => response.end('hello, world'))
}

const answerStreams: Handlers = server => {
  server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/plain' })
    stream.end('hello, world')
  })
}

const answerJson: Handlers = server => {
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { name } = JSON.parse(Buffer.concat(chunks).toString()) as { name: string }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ hello: name }))
    })
  })
}

const answerMegabyte: Handlers = server => {
  server.on('request', (_request, response) => response.end(megabyte))
}

function speed(name: string, operation: string, handlers: Handlers, body?: Buffer): SpeedCase {
  return { kind: 'speed', name, operation, serve: serve(handlers), load: load(body) }
}

async function holdSessions(target: Target, count: number): Promise<Held> {
  const sessions: builtIn.ClientHttp2Session[] = []
  for (let i = 0; i < count; i++) {
    const session = await connect(target)
    await new Promise<void>((resolve, reject) => session.ping(error => (error ? reject(error) : resolve())))
    sessions.push(session)
  }
  return {
    close: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

/** Requests without an answer, on as few connections as may be. */
async function holdStreams(target: Target, count: number): Promise<Held> {
  const session = await connect(target)
  for (let i = 0; i < count; i++) {
    const request = session.request({ ':path': '/held', ':method': 'POST' })
    request.on('error', () => {})
  }
  await new Promise<void>((resolve, reject) => session.ping(error => (error ? reject(error) : resolve())))
  return { close: () => session.destroy() }
}

export default [
  speed('http2/compat', 'GET answered through the compatibility API', answerCompat),
  speed('http2/streams', 'GET answered through streams', answerStreams),
  speed('http2/json', 'POST of JSON answered with JSON', answerJson, json),
  speed('http2/megabyte', 'GET answered with 1 MiB', answerMegabyte),
  {
    ...speed('http2/tls', 'GET answered through the compatibility API over TLS', answerCompat),
    serve: serveSecure(answerCompat),
  },
  {
    kind: 'speed',
    name: 'http2/client',
    operation: 'GET asked and read',
    measured: 'load',
    serve: (_subject: string) => serve(answerStreams)(runtimes),
    load: load(undefined, 'client'),
  },
  {
    kind: 'memory',
    name: 'http2/idle-memory',
    measures: 'resident',
    thing: 'idle session',
    count: 2000,
    serve: serve(() => undefined),
    hold: holdSessions,
  },
  {
    kind: 'memory',
    name: 'http2/stream-memory',
    measures: 'resident',
    thing: 'open stream',
    count: 3000,
    serve: serve(server => {
      const kept = new Set<object>()
      server.on('stream', stream => {
        kept.add(stream)
        stream.on('error', () => {})
      })
    }),
    hold: holdStreams,
  },
] satisfies BenchCase[]
