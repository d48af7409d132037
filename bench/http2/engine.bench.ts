// http2's engine alone: what a server spends on a request before any of Node's API stands on it, against node:http2's stream
// API, which is the least that a program can have there. 16 connections of 16 streams.

import builtInHttp2, { type ClientHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { currentHost } from '../../src/host/current.ts'
import type { Connection, Endpoint } from '../../src/host/types.ts'
import { defaultLimits } from '../../src/http2/engine/engine-limits.ts'
import { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { SessionHandler } from '../../src/http2/engine/types.ts'
import type { BenchCase, Load, Serving, SpeedCase } from '../case.ts'

const connections = 16
const streamsEach = 16
/** Both ends' own default refuses streams when more than ten of 1 MiB wait on one connection. */
const maxSessionMemory = 64_000_000
const bodies: Record<string, Buffer> = { '/': Buffer.from('hello, world'), '/large': Buffer.alloc(1 << 20, 'x') }
const responseFields = [':status', '200', 'content-type', 'text/plain']
const nothing = (): void => {}

const silent: SessionHandler = {
  onHeaders: nothing,
  onData: nothing,
  onEnd: nothing,
  onReset: nothing,
  onStreamError: nothing,
  onStreamClosed: nothing,
  onPushPromise: nothing,
  onSettings: nothing,
  onSettingsAck: nothing,
  onPing: nothing,
  onPingAck: nothing,
  onGoaway: nothing,
  onPriority: nothing,
  onPriorityUpdate: nothing,
  onAltSvc: nothing,
  onOrigin: nothing,
  onSessionError: nothing,
  onOutput: nothing,
}

function newEngine(onOutput: () => void): SessionEngine {
  const handler: SessionHandler = {
    ...silent,
    onOutput,
    onHeaders(stream, block, part) {
      if (part !== 'request') return
      engine.respond(stream, responseFields, false)
      engine.sendData(stream, bodies[block.path ?? '/'] as Buffer, { endStream: true })
    },
    onData: (stream, bytes) => engine.consume(stream, bytes.length),
  }
  const engine = new SessionEngine('server', handler, {
    settings: [],
    paddingStrategy: 'none',
    strictFieldWhitespace: true,
    growsWindows: true,
    customSettings: [],
    limits: { ...defaultLimits, maxSessionMemory },
  })
  return engine
}

function drive(connection: Connection): void {
  const { clock } = currentHost()
  let isScheduled = false
  const flush = (): void => {
    isScheduled = false
    for (let piece = engine.takeOutput(); piece !== undefined; piece = engine.takeOutput()) {
      const written = piece
      if (!connection.write(piece, undefined, () => engine.releaseOutput(written))) return
    }
  }
  const engine = newEngine(() => {
    if (isScheduled) return
    isScheduled = true
    clock.setImmediate(flush)
  })
  connection.sink = {
    onConnect: nothing,
    onData: chunk => engine.receive(chunk, clock.monotonic()),
    onEnd: () => connection.end(),
    onDrain: flush,
    onError: nothing,
    onClose: () => engine.receiveEnd(),
  }
  connection.setNoDelay(true)
  engine.start(clock.monotonic())
  connection.resume()
}

function serveEngine(): Promise<Serving> {
  return new Promise((resolve, reject) => {
    const listener = currentHost().listen(
      { kind: 'tcp', address: '127.0.0.1', port: 0 },
      {
        onListening: () =>
          resolve({ target: { port: (listener.address() as Endpoint).port }, close: () => listener.close() }),
        onConnection: drive,
        onError: reject,
        onClose: nothing,
      },
    )
  })
}

function serveBuiltIn(): Promise<Serving> {
  const server = builtInHttp2.createServer({ maxSessionMemory: maxSessionMemory / 1e6 })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ':status': 200, 'content-type': 'text/plain' })
    stream.end(bodies[headers[':path'] ?? '/'])
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve({ target: { port: (server.address() as AddressInfo).port }, close: () => server.close() })
    })
  })
}

function request(session: ClientHttp2Session, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path })
    stream.on('error', reject)
    stream.on('end', resolve)
    stream.resume()
  })
}

function loadOf(port: number, path: string): Load {
  const settings = { initialWindowSize: 1 << 24 }
  const sessions = Array.from({ length: connections }, () =>
    builtInHttp2.connect(`http://127.0.0.1:${port}`, { settings }, session => session.setLocalWindowSize(1 << 28)),
  )
  return {
    run: async ms => {
      const until = performance.now() + ms
      let operations = 0
      const keepAsking = async (session: ClientHttp2Session): Promise<void> => {
        while (performance.now() < until) {
          await request(session, path)
          operations++
        }
      }
      await Promise.all(sessions.flatMap(session => Array.from({ length: streamsEach }, () => keepAsking(session))))
      return operations
    },
    close() {
      for (const session of sessions) session.destroy()
    },
  }
}

const overSockets = (name: string, operation: string, path: string): SpeedCase => ({
  kind: 'speed',
  name,
  operation,
  serve: subject => (subject === 'plainwire' ? serveEngine() : serveBuiltIn()),
  load: async ({ port }: { port: number }) => loadOf(port, path),
})

export default [
  overSockets('http2/engine-get', 'GET answered by the engine alone', '/'),
  overSockets('http2/engine-1m', '1 MiB response of the engine alone', '/large'),
] satisfies BenchCase[]
