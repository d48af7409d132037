// What the end of a request tells whom, where Node's majors differ: the runtime's own http is the judge.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeHttp from 'node:http'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import { listen } from './raw.ts'

type Http = typeof nodeHttp

/** Runs it over both. @returns what ours did */
async function asNode(run: (of: Http, log: string[]) => Promise<unknown>): Promise<string[]> {
  const [node, ours]: string[][] = [[], []]
  await run(nodeHttp, node as string[])
  await run(http as unknown as Http, ours as string[])
  assert.deepEqual(ours, node)
  return ours as string[]
}

async function answering(t: TestContext): Promise<number> {
  return await listen(t, async peer => {
    for (;;) {
      await peer.receives(/^[\s\S]*?\r\n\r\n/)
      peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  })
}

const closed = (request: nodeHttp.ClientRequest) => new Promise<void>(done => request.on('close', done))
const turn = () => new Promise(done => setImmediate(done))

it('the callback of an end that fails', async () => {
  await asNode(async (of, log) => {
    const request = of.request({ socketPath: '/no/such/path', method: 'POST' })
    request
      .on('error', error => log.push((error as { code?: string }).code ?? ''))
      .on('finish', () => log.push('finish'))
    request.write('a', () => log.push('written'))
    request.end('b', () => log.push('ended'))
    await closed(request)
    await turn()
  })
})

it('a request destroyed when its response is complete, but unread', async t => {
  const port = await answering(t)
  for (const reason of [undefined, new Error('enough')]) {
    const log = await asNode(async (of, log) => {
      const agent = new of.Agent({ keepAlive: true })
      const request = of.get({ port, agent })
      const [response] = (await once(request, 'response')) as [nodeHttp.IncomingMessage]
      while (!response.complete) await turn()
      request.on('error', error => log.push(error.message))
      const { socket } = request
      request.destroy(reason)
      log.push(`destroys its socket: ${socket?.destroyed}`)
      if (socket?.destroyed) await closed(request)
      agent.destroy()
    })
    assert.ok(log.length > 0)
  }
})
