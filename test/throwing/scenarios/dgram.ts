// dgram: datagrams there and back, and sockets that cannot be bound or are closed at once.

import type { Socket, SocketOptions } from 'node:dgram'
import type { End, Scenario, Scene } from '../scene.ts'
import { datagramEvents } from './events.ts'

export const dgramScenarios: Readonly<Record<string, Scenario>> = {
  async 'dgram: an exchange'(scene) {
    const server = await bind(scene, 'server', 'server')
    const client = open(scene, 'client', 'socket')
    await scene.step('sends', () => {
      client.send('one', server.address().port, '127.0.0.1', scene.callback('client', 'send()'))
      client.send('two', server.address().port, '127.0.0.1', scene.callback('client', 'send()'))
    })
    await scene.step('sends again', () => client.send('three', server.address().port, '127.0.0.1'))
    await scene.step('closes', () => {
      client.close(scene.callback('client', 'close()'))
      server.close(scene.callback('server', 'close()'))
    })
  },

  async 'dgram: connected'(scene) {
    const server = await bind(scene, 'server', 'server')
    const client = open(scene, 'client', 'socket')
    await scene.step('connects', () =>
      client.connect(server.address().port, '127.0.0.1', scene.callback('client', 'connect()')),
    )
    await scene.step('sends', () => client.send('one', scene.callback('client', 'send()')))
    await scene.step('the server goes', () => server.close())
    await scene.step('sends to nobody', () => client.send('two', scene.callback('client', 'send()')))
    await scene.step('sends to nobody again', () => client.send('three', scene.callback('client', 'send()')))
    await scene.step('disconnects', () => client.disconnect())
    await scene.step('closes', () => client.close())
  },

  async 'dgram: a lookup of its own'(scene) {
    const server = await bind(scene, 'server', 'server')
    const lookup = scene.callback('client', 'lookup option', (name: string, _family: unknown, done: Lookup) => {
      if (name === 'nowhere.example') done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
      else done(null, '127.0.0.1', 4)
    })
    const client = open(scene, 'client', 'socket', { lookup })
    await scene.step('sends', () => client.send('one', server.address().port, 'server.example'))
    await scene.step('sends nowhere', () =>
      client.send('two', 9, 'nowhere.example', scene.callback('client', 'send()')),
    )
    await scene.step('sends nowhere, without callback', () => client.send('three', 9, 'nowhere.example'))
    await scene.step('sends again', () => client.send('four', server.address().port, 'server.example'))
    await scene.step('connects nowhere', () =>
      client.connect(9, 'nowhere.example', scene.callback('client', 'connect()')),
    )
    await scene.step('closes', () => {
      client.close()
      server.close()
    })
  },

  async 'dgram: bound in vain'(scene) {
    const first = await bind(scene, 'server', 'server')
    const { port } = first.address()
    const second = open(scene, 'client', 'socket')
    await scene.step('binds', () => {
      second.bind(port, '127.0.0.1', scene.callback('client', 'bind()'))
    })
    await scene.step('binds elsewhere', () => {
      second.bind(0, '127.0.0.1', scene.callback('client', 'bind()'))
    })
    await scene.step('sends', () => second.send('one', port, '127.0.0.1'))
    await scene.step('closes', () => {
      first.close()
      second.close()
    })
  },

  async 'dgram: errors of sending'(scene) {
    const client = await bind(scene, 'client', 'socket')
    const tooLong = Buffer.alloc(70_000)
    await scene.step('sends too much', () => client.send(tooLong, 9, '127.0.0.1', scene.callback('client', 'send()')))
    await scene.step('sends too much, without callback', () => client.send(tooLong, 9, '127.0.0.1'))
    await scene.step('sends', () => client.send('to itself', client.address().port, '127.0.0.1'))
    await scene.step('closes', () => client.close())
  },

  async 'dgram: closed at once'(scene) {
    await scene.step('closes at once', () => {
      open(scene, 'client', 'socket').close(scene.callback('client', 'close()'))
    })
    await scene.step('closes as it binds', () => {
      open(scene, 'client', 'second socket')
        .bind(0, '127.0.0.1', scene.callback('client', 'bind()'))
        .close(scene.callback('client', 'close()'))
    })
    await scene.step('closes as it sends', () => {
      const socket = open(scene, 'client', 'third socket')
      socket.send('x', 9, '127.0.0.1', scene.callback('client', 'send()'))
      socket.close(scene.callback('client', 'close()'))
    })
    await scene.step('is aborted', () => {
      const controller = new AbortController()
      open(scene, 'client', 'fourth socket', { signal: controller.signal }).bind(0, '127.0.0.1')
      controller.abort()
    })
  },
}

type Lookup = (error: Error | null, address?: string, family?: number) => void

function open(scene: Scene, end: End, name: string, options: Partial<SocketOptions> = {}): Socket {
  const socket = scene.modules.dgram.createSocket({ type: 'udp4', ...options })
  return scene.watch(end, name, socket, datagramEvents)
}

async function bind(scene: Scene, end: End, name: string): Promise<Socket> {
  const socket = open(scene, end, name)
  await scene.step('binds', () => {
    socket.bind(0, '127.0.0.1', scene.callback(end, 'bind()'))
  })
  return socket
}
