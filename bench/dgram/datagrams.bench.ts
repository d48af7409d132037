// UDP over loopback. A lost datagram must not stop the load, so it sends in rounds and waits for each round's answers.

import type { Socket } from 'node:dgram'
import * as builtInDgram from 'node:dgram'
import { once } from 'node:events'
import * as dgram from '../../src/dgram/index.ts'
import { builtIn, type SpeedCase } from '../case.ts'

/** Bytes under way: less than what a receive buffer of the system's default size holds, at a datagram's overhead there. */
const bytesPerRound = 64 * 1024
const patienceMs = 50

const moduleOf = (subject: string) => (subject === builtIn ? builtInDgram : (dgram as unknown as typeof builtInDgram))

async function bound(module: typeof builtInDgram): Promise<Socket> {
  const socket = module.createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

const echo = (name: string, bytes: number, perRound = Math.min(64, bytesPerRound / bytes)): SpeedCase => ({
  name: `dgram/echo-${name}`,
  operation: `a datagram of ${bytes} bytes there and back`,
  kind: 'speed',
  serve: async subject => {
    const socket = await bound(moduleOf(subject))
    socket.on('message', (message, { port, address }) => socket.send(message, port, address))
    return { target: { port: socket.address().port }, close: () => socket.close() }
  },
  load: async ({ port }: { port: number }) => {
    const socket = await bound(builtInDgram)
    const payload = Buffer.alloc(bytes, 'x')
    const round = async () => {
      let answers = 0
      await new Promise<void>(resolve => {
        const late = setTimeout(resolve, patienceMs)
        socket.removeAllListeners('message').on('message', () => {
          if (++answers < perRound) return
          clearTimeout(late)
          resolve()
        })
        for (let i = 0; i < perRound; i++) socket.send(payload, port, '127.0.0.1')
      })
      return answers
    }
    return {
      run: async ms => {
        const end = performance.now() + ms
        let operations = 0
        while (performance.now() < end) operations += await round()
        return operations
      },
      close: () => void socket.close(),
    }
  },
})

export default [echo('small', 64), echo('large', 8192)] satisfies SpeedCase[]
