// What goes on in a server after a listener or a callback of a response has thrown, on a simulated network. The whole of it is
// in test/throwing/.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'
import { virtualWorld } from '../models/world.ts'
import { catchUncaught } from '../support/uncaught.ts'

type Response = InstanceType<typeof http.ServerResponse>

async function connectTo(t: TestContext, answer: (response: Response) => void) {
  const world = virtualWorld(1)
  t.after(() => world.close())
  const server = world.server(() => http.createServer((_request, response) => answer(response)).listen(80))
  const socket = world.client(() => net.connect(80, world.serverAddress))
  const received: string[] = []
  socket.on('data', chunk => received.push(chunk.toString('latin1')))
  await world.settle()
  const send = async (text: string) => {
    socket.write(text)
    await world.settle()
  }
  return { world, server, socket, received, send }
}

function countOf(server: InstanceType<typeof http.Server>): Promise<number> {
  return new Promise(resolve => server.getConnections((_error, count) => resolve(count)))
}

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

it("a response's 'close' listener that throws leaves its connection out of the server's count, and close() ends", async t => {
  const thrown = catchUncaught(t)
  const { world, server, socket, send } = await connectTo(t, response => {
    response.on('close', () => {
      throw new Error("from 'close'")
    })
  })
  await send(request)
  socket.destroy()
  await world.settle()
  assert.equal(thrown.length, 1)
  assert.equal(await countOf(server), 0)
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  await world.settle()
  assert.ok(isClosed)
})

it("a callback of end() that throws keeps back neither 'finish' nor the connection's next response", async t => {
  const thrown = catchUncaught(t)
  let finished = 0
  const { received, send } = await connectTo(t, response => {
    response.on('finish', () => finished++)
    response.end('ok', () => {
      throw new Error('from end()')
    })
  })
  await send(request)
  await send(request)
  assert.equal(thrown.length, 2)
  assert.equal(finished, 2)
  assert.equal(received.filter(text => text.endsWith('ok')).length, 2)
})

it("a callback of write() that throws keeps neither the request from its 'close' nor its socket from the agent", {
  timeout: 20_000,
}, async t => {
  const thrown = catchUncaught(t)
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.end('ok'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => {
    agent.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  for (const callback of [() => {}, throwing]) {
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent })
    request.on('response', response => response.resume())
    request.write('one', callback)
    request.end('two')
    await Promise.all([once(request, 'close'), once(agent, 'free')])
  }
  assert.equal(thrown.length, 1)

  function throwing(): never {
    throw new Error('from write()')
  }
})
