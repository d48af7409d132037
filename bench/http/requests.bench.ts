// http: what a server spends on a request over connections that stay open, and on one with a connection of its own.

import builtInHttp from 'node:http'
import type { AddressInfo } from 'node:net'
import http from '../../src/http/index.ts'
import type { BenchCase, Serving, SpeedCase } from '../case.ts'
import { run } from './load.ts'

const request = Buffer.from('GET /todos?name=mira HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n')

function serve(subject: string): Promise<Serving> {
  const { createServer } = (subject === 'plainwire' ? http : builtInHttp) as typeof builtInHttp
  return new Promise((resolve, reject) => {
    const server = createServer((_request, response) => response.end('hello, world'))
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve({ target: { port: (server.address() as AddressInfo).port }, close: () => server.close() })
    })
  })
}

/** In batches: the generator counts requests, not time. */
function requests(name: string, operation: string, batch: number, closes: boolean): SpeedCase {
  return {
    kind: 'speed',
    name,
    operation,
    serve,
    load: async ({ port }: { port: number }) => ({
      run: async ms => {
        const until = performance.now() + ms
        let operations = 0
        while (performance.now() < until) {
          await run({ port, connections: 20, requests: batch, request, closes })
          operations += batch
        }
        return operations
      },
      close() {},
    }),
  }
}

export default [
  requests('http/get', 'GET answered, connections kept', 4000, false),
  requests('http/get-close', 'GET answered, a connection each', 1000, true),
] satisfies BenchCase[]
