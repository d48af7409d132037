// net: connections that come and go, in order and not.

import type { AddressInfo, Server, Socket } from 'node:net'
import type { Scenario, Scene } from '../scene.ts'
import { netServerEvents, socketEvents } from './events.ts'

export const netScenarios: Readonly<Record<string, Scenario>> = {
  async 'net: an exchange'(scene) {
    const server = await listen(scene)
    let socket: Socket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    await scene.step('writes', () => {
      socket.write(
        'hello',
        scene.callback('client', 'write()', () => {}),
      )
    })
    await scene.step('counts', () => {
      server.getConnections(scene.callback('server', 'getConnections()'))
    })
    await scene.step('ends', () => {
      socket.end('bye', scene.callback('client', 'end()'))
    })
    await scene.step('another connects', () => {
      connect(scene, server, 'second socket').end('again')
    })
    await close(scene, server)
  },

  async 'net: a lookup of its own, and backpressure'(scene) {
    const accepted: Socket[] = []
    const server = await listen(scene, socket => accepted.push(socket))
    let socket: Socket
    await scene.step('connects by name', () => {
      const { port } = server.address() as AddressInfo
      socket = scene.modules.net.connect({
        port,
        host: 'server.example',
        autoSelectFamily: false,
        lookup: scene.callback('client', 'lookup option', (_name: string, _options: unknown, done: Lookup) => {
          setImmediate(done, null, '127.0.0.1', 4)
        }),
      })
      scene.watch('client', 'socket', socket, socketEvents)
    })
    await scene.step('writes much', () => {
      socket.write(Buffer.alloc(8_000_000), scene.callback('client', 'write()'))
    })
    await scene.step('is read', () => accepted[0]?.resume(), "client socket 'drain' 1")
    await scene.step('ends', () => socket.end(), "server accepted 'close' 1")
    await close(scene, server)
  },

  async 'net: read by readable, by pipe'(scene) {
    const server = await listen(scene, socket => {
      scene.on('server', 'accepted', socket, 'readable', () => {
        for (let chunk: Buffer | null; (chunk = socket.read() as Buffer | null) !== null; ) socket.write(chunk)
      })
    })
    let socket: Socket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    scene.act(() => scene.watch('client', 'socket', socket, ['pause', 'resume']))
    await scene.step('is answered', () => socket.write('hello'))
    await scene.step('pauses', () => {
      socket.pause()
      socket.write('one')
    })
    await scene.step('resumes', () => socket.resume())
    await scene.step('ends', () => socket.end())
    await close(scene, server)
  },

  async 'net: refused'(scene) {
    const server = await listen(scene)
    const { port } = server.address() as AddressInfo
    await scene.step('closes', () => server.close())
    await scene.step('connects', () => {
      const socket = scene.modules.net.connect(port, '127.0.0.1', scene.callback('client', 'connect()'))
      scene.watch('client', 'socket', socket, socketEvents)
      socket.write('nobody reads this', scene.callback('client', 'write()'))
    })
    await scene.step('connects to names', () => {
      const socket = scene.modules.net.connect({
        port,
        host: 'server.example',
        lookup: (_name, _options, done) => {
          ;(done as Lookup)(null, [
            { address: '127.0.0.1', family: 4 },
            { address: '127.0.0.2', family: 4 },
          ])
        },
      })
      scene.watch('client', 'second socket', socket, socketEvents)
    })
    await scene.step('finds no name', () => {
      const socket = scene.modules.net.connect({
        port,
        host: 'server.example',
        lookup: (_name, _options, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), '', 0),
      })
      scene.watch('client', 'third socket', socket, socketEvents)
    })
  },

  async 'net: reset'(scene) {
    const accepted: Socket[] = []
    const server = await listen(scene, socket => {
      accepted.push(socket)
      socket.resume()
    })
    await scene.step('connects', () => {
      connect(scene, server, 'socket')
      connect(scene, server, 'second socket')
    })
    await scene.step('is reset', () => accepted[0]?.resetAndDestroy())
    await scene.step('is destroyed with an error', () => accepted[1]?.destroy(new Error('of the program')))
    await close(scene, server)
  },

  async 'net: a write after the peer has gone'(scene) {
    const accepted: Socket[] = []
    const server = await listen(scene, socket => {
      accepted.push(socket)
      socket.resume()
    })
    let socket: Socket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    await scene.step('the server ends', () => accepted[0]?.end('last words'))
    await scene.step('writes', () => socket.write('too late', scene.callback('client', 'write()')))
    await scene.step('destroys', () => socket.destroy())
    await close(scene, server)
  },

  async 'net: half-open'(scene) {
    const { net } = scene.modules
    const server = net.createServer({ allowHalfOpen: true })
    scene.watch('server', 'server', server, netServerEvents)
    scene.on('server', 'server', server, 'connection', (socket: Socket) => {
      scene.watch('server', 'accepted', socket, socketEvents)
      scene.on('server', 'accepted', socket, 'data')
      socket.on('end', () => socket.end('and good bye'))
    })
    await scene.step('listens', () => server.listen(0, '127.0.0.1'))
    await scene.step('connects and ends', () => connect(scene, server, 'socket').end('good bye'))
    await close(scene, server)
  },

  async 'net: time-outs'(scene) {
    const accepted: Socket[] = []
    const server = await listen(scene, socket => accepted.push(socket))
    let socket: Socket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    await scene.step(
      'the client waits',
      () => {
        socket.setTimeout(TIMEOUT_MS, scene.callback('client', 'setTimeout()'))
      },
      "client socket 'timeout' 1",
    )
    await scene.step('waits again', () => socket.write('x'), "client socket 'timeout' 2")
    await scene.step(
      'the server waits',
      () => {
        socket.setTimeout(0)
        accepted[0]?.setTimeout(TIMEOUT_MS, scene.callback('server', 'setTimeout()'))
      },
      "server accepted 'timeout' 1",
    )
    await scene.step('destroys', () => {
      accepted[0]?.setTimeout(0)
      socket.destroy()
    })
    await close(scene, server)
  },

  async 'net: dropped beyond maxConnections'(scene) {
    const server = await listen(scene)
    server.maxConnections = 1
    let socket: Socket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    await scene.step('is dropped', () => connect(scene, server, 'second socket'))
    await scene.step('makes room', () => socket.destroy())
    await scene.step('connects again', () => connect(scene, server, 'third socket').end('x'))
    await close(scene, server)
  },

  async 'net: read into a buffer'(scene) {
    const server = await listen(scene, socket => {
      socket.write('hello')
      socket.on('data', data => socket.write(data))
    })
    let socket: Socket
    await scene.step('connects', () => {
      socket = scene.modules.net.connect({
        port: (server.address() as AddressInfo).port,
        host: '127.0.0.1',
        onread: {
          buffer: Buffer.alloc(1024),
          callback: scene.callback('client', 'onread', () => true),
        },
      })
      scene.watch('client', 'socket', socket, socketEvents)
    })
    await scene.step('is answered', () => socket.write('more'))
    await scene.step('ends', () => socket.end())
    await close(scene, server)
  },

  async 'net: listening in vain'(scene) {
    const server = await listen(scene)
    const second = scene.modules.net.createServer({ noDelay: true })
    scene.watch('server', 'second server', second, netServerEvents)
    await scene.step('listens', () => {
      second.listen((server.address() as AddressInfo).port, '127.0.0.1', scene.callback('server', 'second listen()'))
    })
    await scene.step('listens elsewhere', () => second.listen(0, '127.0.0.1'))
    await scene.step('connects', () => connect(scene, second, 'socket').end('x'))
    await close(scene, second)
    await scene.step('closes the first', () => server.close(scene.callback('server', 'close()')))
    await scene.step('closes twice', () => server.close(scene.callback('server', 'close()')))
  },

  async 'net: connections closed before they are open'(scene) {
    const server = await listen(scene)
    await scene.step('destroys at once', () => connect(scene, server, 'socket').destroy())
    await scene.step('ends at once', () => connect(scene, server, 'second socket').end('x'))
    await scene.step('aborts', () => {
      const controller = new AbortController()
      const socket = scene.modules.net.connect({
        port: (server.address() as AddressInfo).port,
        host: '127.0.0.1',
        signal: controller.signal,
      } as never)
      scene.watch('client', 'third socket', socket, socketEvents)
      controller.abort()
    })
    await close(scene, server)
  },
}

type Lookup = (error: Error | null, address: unknown, family?: number) => void

const TIMEOUT_MS = 30

/** A server that listens; what it does with a connection is `handle`'s: by default it echoes what comes. */
async function listen(scene: Scene, handle?: (socket: Socket) => void): Promise<Server> {
  const server = scene.modules.net.createServer({ noDelay: true })
  scene.watch('server', 'server', server, netServerEvents)
  server.on('connection', (socket: Socket) => {
    scene.watch('server', 'accepted', socket, socketEvents)
    scene.act(() => (handle ?? echo)(socket))
  })
  await scene.step('listens', () => {
    server.listen(0, '127.0.0.1', scene.callback('server', 'listen()'))
  })
  return server

  function echo(socket: Socket): void {
    scene.on('server', 'accepted', socket, 'data', (data: Buffer) => {
      socket.write(data, scene.callback('server', 'write()'))
    })
  }
}

function connect(scene: Scene, server: Server, name: string): Socket {
  const socket = scene.modules.net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.setNoDelay(true)
  scene.watch('client', name, socket, socketEvents)
  scene.on('client', name, socket, 'data')
  return socket
}

async function close(scene: Scene, server: Server): Promise<void> {
  await scene.step('closes', () => {
    server.close(scene.callback('server', 'close()'))
    server.getConnections(scene.callback('server', 'getConnections()'))
  })
}
