// One server of a benchmark, in a process of its own: `server-child.js ours|node scenario`. Tells its port, then its CPU
// time and memory whenever it is asked.

import nodeHttp from 'node:http'
import http from '../../src/http/index.ts'

const [, , which, scenario = 'get'] = process.argv
const { createServer } = (which === 'ours' ? http : nodeHttp) as typeof nodeHttp

const piece = Buffer.alloc(64 * 1024, 'x')

const handlers: Record<string, nodeHttp.RequestListener> = {
  get(_request, response) {
    response.end('hello, world')
  },
  headers(request, response) {
    response.setHeader('Content-Type', 'text/plain')
    response.setHeader('X-Count', Object.keys(request.headers).length)
    response.end('hello, world')
  },
  post(request, response) {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
      response.end(body)
    })
  },
  stream(_request, response) {
    response.writeHead(200, { 'Content-Length': 16 * piece.length })
    let left = 16
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
}

const handler = handlers[scenario] ?? handlers['get']
const server = createServer({ keepAliveTimeout: 60_000 }, handler as nodeHttp.RequestListener)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 })
})
process.on('message', message => {
  if (message === 'memory') globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({ cpuMicros: user + system, heapUsed, external, rss })
})
process.on('disconnect', () => process.exit())
