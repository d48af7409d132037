// https: what a server spends on a small request over connections that stay open.

import builtInHttps from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import https from '../../src/https/index.ts'
import type { BenchCase, Serving } from '../case.ts'
import { localhost } from '../tls/certificate.ts'

const request = 'GET /todos?name=mira HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n'
const answerEnd = 'hello, world'
const connections = 20

function serve(subject: string): Promise<Serving> {
  const { createServer } = (subject === 'plainwire' ? https : builtInHttps) as typeof builtInHttps
  const { key, cert } = localhost
  return new Promise((resolve, reject) => {
    const server = createServer({ key, cert }, (_request, response) => response.end(answerEnd))
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve({ target: { port: (server.address() as AddressInfo).port }, close: () => server.close() })
    })
  })
}

function open(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket))
    socket.on('error', reject)
    socket.setEncoding('latin1')
  })
}

/** One request after the other until the time is up. @returns how many were answered */
function keepBusy(socket: TLSSocket, until: number): Promise<number> {
  return new Promise(resolve => {
    let answered = 0
    const onData = (text: string): void => {
      if (!text.endsWith(answerEnd)) return
      answered++
      if (performance.now() < until) socket.write(request)
      else {
        socket.off('data', onData)
        resolve(answered)
      }
    }
    socket.on('data', onData)
    socket.write(request)
  })
}

export default [
  {
    kind: 'speed',
    name: 'https/get',
    operation: 'GET answered, connections kept',
    serve,
    load: async ({ port }: { port: number }) => {
      const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
      return {
        run: async ms => {
          const until = performance.now() + ms
          const answered = await Promise.all(sockets.map(socket => keepBusy(socket, until)))
          return answered.reduce((sum, one) => sum + one, 0)
        },
        close: () => {
          for (const socket of sockets) socket.destroy()
        },
      }
    },
  },
] satisfies BenchCase[]
