// Listeners of a request that throw, where the program goes on all the same: what came with the bytes that were being
// read is lost, and the request hears with the next ones that its answer cannot be read any more, as in Node.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import http from '../../src/http/index.ts'

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n'

function connect() {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
}

describe('a listener that throws', () => {
  const heads: readonly [string, string][] = [
    ['response', `${head}ab`],
    ['information', `HTTP/1.1 103 Early Hints\r\n\r\n${head}ab`],
    ['continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ]
  for (const [event, text] of heads) {
    it(`'${event}': the next bytes fail the request`, async () => {
      const stream = connect()
      const request = http.get({ createConnection: () => stream })
      await once(request, 'socket')
      request.on(event, () => {
        throw new Error('boom')
      })
      assert.throws(() => stream.emit('data', Buffer.from(text)), { message: 'boom' })
      assert.equal(stream.destroyed, false)
      const failed = once(request, 'error')
      stream.emit('data', Buffer.from('cdef'))
      const [error] = await failed
      assert.deepEqual([error.code, error.reason], ['HPE_CB_HEADERS_COMPLETE', 'User callback error'])
      assert.equal(stream.destroyed, true)
    })
  }

  it("'data' of the answer, amid its body: the next bytes fail it", async () => {
    const stream = connect()
    const request = http.get({ createConnection: () => stream })
    await once(request, 'socket')
    const answered = once(request, 'response')
    stream.emit('data', Buffer.from(head))
    const [response] = await answered
    let isThrown = false
    response.on('data', () => {
      if (isThrown) return
      isThrown = true
      throw new Error('boom')
    })
    await new Promise(setImmediate)
    assert.throws(() => stream.emit('data', Buffer.from('ab')), { message: 'boom' })
    const failed = once(request, 'error')
    const aborted = once(response, 'error')
    stream.emit('data', Buffer.from('cdef'))
    assert.equal((await failed)[0].code, 'HPE_JS_EXCEPTION')
    assert.equal((await aborted)[0].message, 'aborted')
  })

  it("'upgrade': the socket is the program's own, and the agent's count is without it", async () => {
    const stream = connect()
    const agent = new http.Agent({ keepAlive: true })
    agent.createConnection = () => stream as never
    const request = http.get({ agent, headers: { Connection: 'upgrade', Upgrade: 'x' } })
    await once(request, 'socket')
    request.on('upgrade', () => {
      throw new Error('boom')
    })
    const switching = Buffer.from('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
    assert.throws(() => stream.emit('data', switching), { message: 'boom' })
    assert.deepEqual([agent.totalSocketCount, stream.listenerCount('data'), stream.destroyed], [0, 0, false])
    stream.destroy()
  })
})
