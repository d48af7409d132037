import { once } from 'node:events'
import { closed, type Ways } from '../way.ts'

export const dgramWays: Ways = {
  async 'dgram: bound in vain'({ dgram }) {
    const first = dgram.createSocket('udp4').bind(0, '127.0.0.1')
    await once(first, 'listening')
    const { port } = first.address()
    return {
      async round() {
        const socket = dgram.createSocket('udp4')
        socket.bind(port, '127.0.0.1')
        await once(socket, 'error')
        const isClosed = closed(socket)
        socket.close()
        await isClosed
      },
      async end() {
        first.close()
        await once(first, 'close')
      },
    }
  },

  'dgram: closed at once': ({ dgram }) => ({
    async round() {
      const socket = dgram.createSocket('udp4')
      const isClosed = closed(socket.bind(0, '127.0.0.1'))
      socket.close()
      await isClosed
    },
  }),

  'dgram: errors of sending': ({ dgram }) => {
    const tooLong = Buffer.alloc(70_000)
    return {
      async round() {
        const socket = dgram.createSocket('udp4')
        await new Promise(resolve => socket.send(tooLong, 9, '127.0.0.1', resolve))
        const isClosed = closed(socket)
        socket.close()
        await isClosed
      },
    }
  },

  'dgram: names that are not found': ({ dgram }) => ({
    async round() {
      const socket = dgram.createSocket({
        type: 'udp4',
        lookup: (name: string, _options: unknown, done: (error: Error | null, address?: string) => void) => {
          if (name === 'a.example') done(new Error('not found'))
          else done(null, name)
        },
      } as never)
      await new Promise(resolve => socket.send('x', 9, 'a.example', resolve))
      const isClosed = closed(socket)
      socket.close()
      await isClosed
    },
  }),
}
