// http: what a client spends on a request over an agent that keeps its connections, beside undici's.

import builtInHttp from 'node:http'
import net from 'node:net'
import { Agent as UndiciAgent, request as undiciRequest } from 'undici'
import http from '../../src/http/index.ts'
import { builtIn, type SpeedCase } from '../case.ts'

const atOnce = 20
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello, world'

function askWithAgent({ request, Agent }: typeof builtInHttp, port: number): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  return () =>
    new Promise((resolve, reject) => {
      const made = request({ host: '127.0.0.1', port, path: '/', agent }, response => {
        response.on('data', () => {})
        response.on('end', resolve)
      })
      made.on('error', reject)
      made.end()
    })
}

function askWithUndici(port: number): () => Promise<void> {
  const dispatcher = new UndiciAgent({ connections: atOnce, pipelining: 1 })
  return async () => {
    const { body } = await undiciRequest(`http://127.0.0.1:${port}/`, { dispatcher })
    for await (const _chunk of body);
  }
}

const client: SpeedCase = {
  kind: 'speed',
  name: 'http/client',
  operation: 'request answered, connections kept',
  measured: 'load',
  subjects: ['plainwire', builtIn, 'undici.request'],
  serve: () =>
    new Promise(resolve => {
      const server = net.createServer({ noDelay: true }, socket => {
        socket.on('data', () => socket.write(answer, 'latin1'))
        socket.on('error', () => {})
      })
      server.listen(0, '127.0.0.1', () => {
        resolve({ target: { port: (server.address() as net.AddressInfo).port }, close: () => server.close() })
      })
    }),
  load: async ({ port }: { port: number }, subject) => {
    const ours = http as unknown as typeof builtInHttp
    const ask =
      subject === 'undici.request' ? askWithUndici(port) : askWithAgent(subject === builtIn ? builtInHttp : ours, port)
    return {
      run: async ms => {
        const until = performance.now() + ms
        let operations = 0
        const worker = async () => {
          while (performance.now() < until) {
            await ask()
            operations++
          }
        }
        await Promise.all(Array.from({ length: atOnce }, worker))
        return operations
      },
      close() {},
    }
  },
}

export default [client] satisfies SpeedCase[]
