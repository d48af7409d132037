// What feeds a socket's stream: chunks come out in the order in which they went in, whatever the program does between them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import { silentSink } from '../../../src/host/silent-sink.ts'
import type { Connection } from '../../../src/host/types.ts'
import net from '../../../src/net/index.ts'
import { type Socket, sinkOf, socketOver } from '../../../src/net/internal.ts'
import { MovedClock } from '../../models/memory-world.ts'

it('keeps the order of chunks of one tick when the reader by readable goes between them', async t => {
  const server = net.createServer(peer => t.after(() => peer.destroy())).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  const sink = sinkOf(socket as unknown as Socket)
  const onReadable = (): void => {}
  socket.on('readable', onReadable)
  sink.onData(Buffer.from('one '))
  socket.off('readable', onReadable)
  sink.onData(Buffer.from('two '))
  socket.on('readable', onReadable)
  sink.onData(Buffer.from('three'))
  socket.off('readable', onReadable)
  let text = ''
  await new Promise<void>(resolve => {
    socket.on('data', chunk => {
      text += String(chunk)
      if (text.length === 'one two three'.length) resolve()
    })
  })
  assert.equal(text, 'one two three')
})

it("a write that is told of behind destroy() starts the socket's time no more", async () => {
  const clock = new MovedClock()
  const host = new MemoryHost({ clock })
  let finish: (error: Error) => void = () => {}
  const connection = {
    sink: silentSink,
    write: (_data: unknown, _encoding: unknown, done: typeof finish) => {
      finish = done
      return false
    },
    resume() {},
    pause() {},
    destroy() {},
  }
  const socket = host.run(() => socketOver(connection as unknown as Connection, { host }))
  socket.on('error', () => {}).setTimeout(500)
  socket.write('text')
  socket.destroy()
  finish(new Error('cancelled'))
  assert.equal(clock.armed.size, 0)
})
