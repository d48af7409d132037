// A peer that does not close when it is told to: after CLOSE_DEADLINE_MS its connection is cut.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerHttp2Session } from 'node:http2'
import { it } from 'node:test'
import { MemoryHost } from '../../src/host/index.ts'
import { RuntimeClock } from '../../src/host/os/runtime-clock.ts'
import { CLOSE_DEADLINE_MS } from '../../src/http2/default-limits.ts'
import * as net from '../../src/net/index.ts'
import { http2 } from './peers.ts'

/** Timers of the deadline's length run when the test says so. */
class DeadlineClock extends RuntimeClock {
  readonly deadlines: (() => void)[] = []
  override setTimer(callback: () => void, delayMs: number) {
    if (delayMs === CLOSE_DEADLINE_MS) this.deadlines.push(callback)
    return super.setTimer(callback, delayMs)
  }
}

it('cuts the connection of a peer that stays after our FIN, at the deadline and not before', async () => {
  const clock = new DeadlineClock()
  const host = new MemoryHost({ clock })
  const held = setInterval(() => {}, 60_000)
  await host
    .run(async () => {
      const server = http2.createServer()
      await new Promise<void>(resolve => server.listen(80, resolve))
      const accepted = once(server, 'session') as Promise<[ServerHttp2Session]>
      const peer = net.connect({ port: 80, host: '127.0.0.1', allowHalfOpen: true })
      peer.on('error', () => {})
      const ended = new Promise(resolve => peer.resume().once('end', resolve))
      peer.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
      // An empty SETTINGS frame: RFC 9113 section 6.5.
      peer.write(Buffer.from('000000040000000000', 'hex'))
      const [session] = await accepted
      session.on('error', () => {})
      const acknowledged = once(session, 'localSettings')
      peer.write(Buffer.from('000000040100000000', 'hex'))
      await acknowledged
      const cut = once(session, 'close')
      let isCut = false
      session.on('close', () => {
        isCut = true
      })
      session.close()
      await ended
      peer.write('what nobody reads')
      for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
      assert.equal(isCut, false, 'it has time to close')
      assert.equal(clock.deadlines.length, 1)
      clock.deadlines[0]?.()
      await cut
      await new Promise<void>(resolve => void server.close(() => resolve()))
      peer.destroy()
    })
    .finally(() => clearInterval(held))
})
