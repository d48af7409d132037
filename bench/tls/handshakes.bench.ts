// tls: what a server spends on a handshake of TLS 1.3 with ECDSA on P-256, in full and resumed; on bulk data; and the memory that
// an idle connection holds.

import type { AddressInfo } from 'node:net'
import builtInTls, { connect, type TLSSocket } from 'node:tls'
import tls from '../../src/tls/index.ts'
import type { BenchCase, Serving, SpeedCase } from '../case.ts'
import { localhost } from './certificate.ts'

const chunk = Buffer.alloc(64 * 1024, 'x')
const parallel = 8

function serve(subject: string, onSecure: (socket: TLSSocket) => void): Promise<Serving> {
  const { createServer } = (subject === 'plainwire' ? tls : builtInTls) as typeof builtInTls
  const { key, cert } = localhost
  return new Promise((resolve, reject) => {
    const server = createServer({ key, cert }, socket => {
      socket.on('error', () => {})
      onSecure(socket)
    })
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve({ target: { port: (server.address() as AddressInfo).port }, close: () => server.close() })
    })
  })
}

/** One connection: secured, told a byte, closed. @returns the session for the next */
function shake(port: number, session: Buffer | undefined): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let next: Buffer | undefined
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, session })
    socket.on('session', given => {
      next = given
    })
    socket.on('error', reject)
    socket.on('data', () => {})
    socket.on('close', () => resolve(next))
  })
}

function handshakes(name: string, operation: string, isResumed: boolean): SpeedCase {
  return {
    kind: 'speed',
    name,
    operation,
    serve: subject => serve(subject, socket => socket.end('x')),
    load: async ({ port }: { port: number }) => ({
      run: async ms => {
        const until = performance.now() + ms
        let done = 0
        const loop = async (): Promise<void> => {
          let session: Buffer | undefined
          while (performance.now() < until) {
            const next = await shake(port, session)
            if (isResumed) session = next ?? session
            done++
          }
        }
        await Promise.all(Array.from({ length: parallel }, loop))
        return done
      },
      close() {},
    }),
  }
}

export default [
  handshakes('tls/handshake', 'full handshake', false),
  handshakes('tls/resumption', 'resumed handshake', true),
  {
    kind: 'speed',
    name: 'tls/bulk',
    operation: '64 KiB received',
    serve: subject =>
      serve(subject, socket => {
        const send = (): void => {
          while (socket.writable && socket.write(chunk));
        }
        socket.on('drain', send)
        send()
      }),
    load: async ({ port }: { port: number }) => ({
      run: ms =>
        new Promise((resolve, reject) => {
          let bytes = 0
          const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
          socket.on('error', reject)
          socket.on('data', (data: Buffer) => {
            bytes += data.length
          })
          setTimeout(() => {
            socket.destroy()
            resolve(bytes / chunk.length)
          }, ms)
        }),
      close() {},
    }),
  },
  {
    kind: 'memory',
    name: 'tls/idle-memory',
    measures: 'resident',
    thing: 'idle connection',
    count: 3000,
    serve: subject => serve(subject, socket => socket.resume()),
    hold: async ({ port }: { port: number }, count: number) => {
      const sockets: TLSSocket[] = []
      for (let i = 0; i < count; i++) {
        const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
        sockets.push(socket)
        await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
      }
      return {
        close: () => {
          for (const socket of sockets) socket.destroy()
        },
      }
    },
  },
] satisfies BenchCase[]
