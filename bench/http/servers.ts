// The servers of http's benchmarks: one module or the other, and what it does with a request.

import builtInHttp from 'node:http'
import type { AddressInfo } from 'node:net'
import http from '../../src/http/index.ts'
import type { Serving } from '../case.ts'

const piece = Buffer.alloc(64 * 1024, 'x')
const pieces = 16

export const handlers = {
  hello(_request, response) {
    response.end('hello, world')
  },
  headers(request, response) {
    response.setHeader('Content-Type', 'text/plain')
    response.setHeader('X-Count', Object.keys(request.headers).length)
    response.end('hello, world')
  },
  json(request, response) {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
      response.end(body)
    })
  },
  /** 1 MiB, as quickly as it is taken. */
  stream(_request, response) {
    response.writeHead(200, { 'Content-Length': pieces * piece.length })
    let left = pieces
    const writeOn = () => {
      while (left-- > 0) {
        if (!response.write(piece)) {
          response.once('drain', writeOn)
          return
        }
      }
      response.end()
    }
    writeOn()
  },
} satisfies Record<string, builtInHttp.RequestListener>

export function serve(subject: string, handler: builtInHttp.RequestListener): Promise<Serving> {
  const { createServer } = (subject === 'plainwire' ? http : builtInHttp) as typeof builtInHttp
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: 60_000 }, handler)
    server.on('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
      resolve({ target: { port: (server.address() as AddressInfo).port }, close: () => server.close() })
    })
  })
}
