// net: bytes over TCP and UNIX sockets, by the module's sockets and, for the echo, by the raw Connection under them.

import * as builtInNet from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, type ConnectionSink, osHost } from '../../src/host/index.ts'
import * as ourNet from '../../src/net/index.ts'
import type { BenchCase, Load, Serving } from '../case.ts'

type Target = builtInNet.NetConnectOpts
type Handler = (socket: builtInNet.Socket) => void

export function netOf(subject: string): typeof builtInNet {
  return subject === 'plainwire' ? (ourNet as unknown as typeof builtInNet) : builtInNet
}

/** A server on a free port, or on a path. */
export function serveWith(subject: string, handler: Handler, path?: string): Promise<Serving> {
  return new Promise((resolve, reject) => {
    const server = netOf(subject).createServer(socket => {
      socket.on('error', () => {})
      handler(socket)
    })
    server.on('error', reject)
    const listening = () => {
      const target = path === undefined ? { port: (server.address() as builtInNet.AddressInfo).port } : { path }
      resolve({ target: { host: '127.0.0.1', ...target }, close: () => server.close() })
    }
    if (path === undefined) server.listen(0, '127.0.0.1', listening)
    else server.listen(path, listening)
  })
}

/** `count` connections that each send `size` bytes and wait until as many came back. */
async function echoLoad(target: Target, count: number, size: number): Promise<Load> {
  const chunk = Buffer.alloc(size, 'x')
  const sockets = await Promise.all(Array.from({ length: count }, () => open(target)))
  const oneByOne = (socket: builtInNet.Socket, until: number): Promise<number> =>
    new Promise(resolve => {
      let [operations, received] = [0, 0]
      const onData = (data: Buffer) => {
        received += data.length
        if (received < size) return
        received = 0
        operations++
        if (performance.now() < until) socket.write(chunk)
        else {
          socket.off('data', onData)
          resolve(operations)
        }
      }
      socket.on('data', onData)
      socket.write(chunk)
    })
  return {
    run: async ms => {
      const until = performance.now() + ms
      const counts = await Promise.all(sockets.map(socket => oneByOne(socket, until)))
      return counts.reduce((sum, one) => sum + one, 0)
    },
    close: () => destroyAll(sockets),
  }
}

export function open(target: Target): Promise<builtInNet.Socket> {
  return new Promise((resolve, reject) => {
    const socket = builtInNet.connect(target, () => resolve(socket))
    socket.setNoDelay(true)
    socket.on('error', reject)
  })
}

export function destroyAll(sockets: readonly builtInNet.Socket[]): void {
  for (const socket of sockets) socket.destroy()
}

const echo: Handler = socket => {
  socket.setNoDelay(true)
  socket.pipe(socket)
}

class EchoSink implements ConnectionSink {
  readonly #connection: Connection
  constructor(connection: Connection) {
    this.#connection = connection
  }
  onConnect(): void {}
  onData(chunk: Uint8Array): void {
    if (!this.#connection.write(chunk)) this.#connection.pause()
  }
  onEnd(): void {
    this.#connection.end()
  }
  onDrain(): void {
    this.#connection.resume()
  }
  onError(): void {}
  onClose(): void {}
}

function serveConnections(): Promise<Serving> {
  return new Promise((resolve, reject) => {
    const listener = osHost.listen(
      { kind: 'tcp', address: '127.0.0.1', port: 0 },
      {
        onListening() {
          const address = listener.address()
          if (address === null || typeof address === 'string') return reject(new Error('no TCP address'))
          return resolve({ target: { host: '127.0.0.1', port: address.port }, close: () => listener.close() })
        },
        onConnection(connection) {
          connection.sink = new EchoSink(connection)
          connection.setNoDelay(true)
          connection.resume()
        },
        onError: reject,
        onClose() {},
      },
    )
  })
}

/** Sends as fast as the server takes it; a chunk counts when it has left. */
async function streamLoad(target: Target, size: number): Promise<Load> {
  const chunk = Buffer.alloc(size, 'x')
  const socket = await open(target)
  return {
    run: ms =>
      new Promise(resolve => {
        const until = performance.now() + ms
        let [operations, pending] = [0, 4]
        const next = () => {
          operations++
          if (performance.now() < until) socket.write(chunk, next)
          else if (--pending === 0) resolve(operations)
        }
        for (let i = 0; i < 4; i++) socket.write(chunk, next)
      }),
    close: () => socket.destroy(),
  }
}

const kibibytes64 = 65_536

export default [
  {
    kind: 'speed',
    name: 'net/echo-64k',
    operation: '64 KiB there and back',
    subjects: ['plainwire', 'built-in', 'raw Connection'],
    serve: subject => (subject === 'raw Connection' ? serveConnections() : serveWith(subject, echo)),
    load: (target: Target) => echoLoad(target, 8, kibibytes64),
  },
  {
    kind: 'speed',
    name: 'net/ping-pong',
    operation: '16 bytes there and back',
    subjects: ['plainwire', 'built-in', 'raw Connection'],
    serve: subject => (subject === 'raw Connection' ? serveConnections() : serveWith(subject, echo)),
    load: (target: Target) => echoLoad(target, 32, 16),
  },
  {
    kind: 'speed',
    name: 'net/unix-stream',
    operation: '64 KiB received over a UNIX socket',
    serve: subject => {
      const path = join(tmpdir(), `plainwire-bench-${process.pid}.sock`)
      return serveWith(subject, socket => socket.on('data', () => {}), path)
    },
    load: (target: Target) => streamLoad(target, kibibytes64),
  },
] satisfies BenchCase[]
