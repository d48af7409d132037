import { once } from 'node:events'
import type { Socket } from 'node:net'
import { accepted, close, closed, listen, unusedPort, type Ways } from '../way.ts'

export const netWays: Ways = {
  async 'net: refused'(modules) {
    const port = await unusedPort(modules)
    return { round: () => closed(modules.net.connect(port, '127.0.0.1')) }
  },

  async 'net: reset by the server'({ net }) {
    const server = net.createServer()
    const port = await listen(server)
    return {
      async round() {
        const connection = accepted<Socket>(server)
        const client = net.connect(port, '127.0.0.1').resume()
        const peer = await connection
        await once(client, 'connect')
        peer.resetAndDestroy()
        await closed(client, peer)
      },
      end: () => close(server),
    }
  },

  async 'net: destroyed at once'({ net }) {
    const server = net.createServer(socket => socket.resume().on('error', () => {}))
    const port = await listen(server)
    return {
      round: () => closed(net.connect(port, '127.0.0.1').destroy()),
      end: () => close(server),
    }
  },

  async 'net: aborted by a signal'({ net }) {
    const server = net.createServer(socket => socket.resume().on('error', () => {}))
    const port = await listen(server)
    return {
      async round() {
        const controller = new AbortController()
        const socket = new net.Socket({ signal: controller.signal }).connect(port, '127.0.0.1')
        controller.abort()
        await closed(socket)
      },
      end: () => close(server),
    }
  },

  'net: a server that closes': ({ net }) => ({
    async round() {
      const server = net.createServer(socket => socket.resume())
      const port = await listen(server)
      const client = net.connect(port, '127.0.0.1').resume()
      await accepted(server)
      server.close()
      client.end()
      await closed(client, server)
    },
  }),

  async 'net: timed out'({ net }) {
    const server = net.createServer(socket => socket.resume())
    const port = await listen(server)
    return {
      async round() {
        const connection = accepted<Socket>(server)
        const client = net.connect(port, '127.0.0.1')
        const ends = closed(client, await connection)
        client.setTimeout(1, () => client.destroy())
        await ends
      },
      end: () => close(server),
    }
  },

  async 'net: listening in vain'({ net }) {
    const server = net.createServer()
    const port = await listen(server)
    return {
      async round() {
        const second = net.createServer()
        second.listen(port, '127.0.0.1')
        await once(second, 'error')
      },
      end: () => close(server),
    }
  },
}
