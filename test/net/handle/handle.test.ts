// What programs do with `_handle`, of ours and of the runtime's: the same scenes, with the same to be seen.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeNet from 'node:net'
import { it, type TestContext } from 'node:test'
import { MemoryHost } from '../../../src/host/index.ts'
import ours from '../../../src/net/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: handles have no types in Node's declarations
type Handled = nodeNet.Socket & { _handle: any; connecting: boolean }
type Server = nodeNet.Server & { _handle: Handled['_handle'] }
type Net = typeof nodeNet

const isLinux = process.platform === 'linux'
const systemErrors = { ENETUNREACH: isLinux ? -101 : -51, ECONNREFUSED: isLinux ? -111 : -61 }

function onBoth(name: string, scene: (net: Net, t: TestContext) => Promise<void>): void {
  it(`${name}: node`, t => scene(nodeNet, t))
  it(`${name}: ours`, t => scene(ours as unknown as Net, t))
}

function portOf(server: Server): number {
  return (server.address() as nodeNet.AddressInfo).port
}

async function pair(net: Net, t: TestContext): Promise<{ server: Server; client: Handled; accepted: Handled }> {
  const server = net.createServer() as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = net.connect(portOf(server), '127.0.0.1') as Handled
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')])
  t.after(() => {
    client.destroy()
    ;(accepted as Handled).destroy()
    server.close()
  })
  return { server, client, accepted: accepted as Handled }
}

onBoth('is there from connecting on, and gone with the connection', async (net, t) => {
  const fresh = new net.Socket() as Handled
  assert.equal(fresh._handle, null)
  const { server, client, accepted } = await pair(net, t)
  const handle = client._handle
  assert.equal(client._handle, handle)
  assert.equal(handle.constructor.name, 'TCP')
  assert.ok(handle.fd > 0 && accepted._handle.fd > 0)
  assert.ok(handle.getAsyncId() > 0)
  assert.equal(handle.isStreamBase, true)
  assert.equal(server._handle.constructor.name, 'TCP')
  assert.ok(server._handle.fd > 0 && server._handle.getAsyncId() > 0)
  client.destroy()
  assert.equal(client._handle, null)
  server.close()
  assert.equal(server._handle, null)
})

onBoth('is the same while the socket connects and afterwards', async (net, t) => {
  const { server } = await pair(net, t)
  const client = net.connect(portOf(server), '127.0.0.1') as Handled
  t.after(() => client.destroy())
  const handle = client._handle
  assert.ok(handle.fd < 0)
  assert.equal(handle.hasRef(), true)
  client.unref()
  assert.equal(handle.hasRef(), false)
  await once(client, 'connect')
  assert.equal(client._handle, handle)
  assert.ok(handle.fd > 0)
})

onBoth('says whether it keeps the process alive', async (net, t) => {
  const { server, client } = await pair(net, t)
  for (const owner of [server, client]) {
    assert.equal(owner._handle.hasRef(), true)
    owner.unref()
    assert.equal(owner._handle.hasRef(), false)
    owner._handle.ref()
    assert.equal(owner._handle.hasRef(), true)
  }
})

onBoth('gives both addresses', async (net, t) => {
  const { server, client } = await pair(net, t)
  const [own, peer, bound] = [{}, {}, {}]
  assert.equal(client._handle.getsockname(own), 0)
  assert.equal(client._handle.getpeername(peer), 0)
  assert.equal(server._handle.getsockname(bound), 0)
  assert.deepEqual(own, client.address())
  assert.deepEqual(peer, server.address())
  assert.deepEqual(bound, server.address())
})

onBoth('stops the reading, and starts it again', async (net, t) => {
  const { client, accepted } = await pair(net, t)
  const seen: string[] = []
  client.on('data', chunk => seen.push(`${chunk}`))
  await new Promise(setImmediate)
  client._handle.readStop()
  accepted.write('late')
  // A round trip the other way: what is not read by then is not read.
  client.write('ping')
  await once(accepted, 'data')
  assert.deepEqual(seen, [])
  client._handle.readStart()
  await once(client, 'data')
  assert.deepEqual(seen, ['late'])
})

onBoth('closed beneath a socket, leaves that open over nothing', async (net, t) => {
  const { client, accepted } = await pair(net, t)
  accepted.resume()
  const isClosed = new Promise<void>(resolve => client._handle.close(resolve))
  client.write('lost')
  const [error] = (await once(client, 'error')) as [Error]
  assert.equal(error.message, 'write EBADF')
  await Promise.all([isClosed, once(accepted, 'end')])
})

onBoth('taken away, leaves a socket that is closed', async (net, t) => {
  const { client } = await pair(net, t)
  const handle = client._handle
  client._handle = null
  assert.equal(client._handle, null)
  handle.close()
  client.write('lost')
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ERR_SOCKET_CLOSED')
})

onBoth('makes a socket of its own', async (net, t) => {
  const { client, accepted } = await pair(net, t)
  const handle = client._handle
  client._handle = null
  const next = new net.Socket({ handle } as object) as Handled
  t.after(() => next.destroy())
  assert.equal(next._handle, handle)
  accepted.end('hello')
  const [chunk] = await once(next, 'data')
  assert.equal(`${chunk}`, 'hello')
  next.end('bye')
  const [answer] = await once(accepted, 'data')
  assert.equal(`${answer}`, 'bye')
})

onBoth('given to a socket that is connecting, is written by both and closed by one', async (net, t) => {
  const { server, client, accepted } = await pair(net, t)
  const events: string[] = []
  const mocked = new net.Socket() as Handled
  mocked.on('connectionAttempt', () => {
    mocked._handle.connect = () => 0
  })
  mocked.on('close', () => events.push('mocked closes'))
  client.on('close', () => events.push('client closes'))
  mocked.connect(portOf(server), '127.0.0.1')
  await once(mocked, 'connectionAttempt')
  const replaced = mocked._handle
  mocked._handle = client._handle
  replaced.close()
  mocked.connecting = false
  assert.equal(mocked._handle, client._handle)
  assert.equal(mocked.remotePort, client.remotePort)
  client.on('data', chunk => events.push(`client reads ${chunk}`))
  mocked.write('one ')
  let heard = ''
  accepted.on('data', chunk => {
    heard += chunk
    if (heard === 'one ') accepted.write('answer')
  })
  await once(client, 'data')
  mocked.destroy()
  await once(mocked, 'close')
  assert.equal(heard, 'one ')
  assert.deepEqual(events, ['client reads answer', 'mocked closes'])
})

onBoth("calls a program's own connect, which says how that ends", async (net, t) => {
  const socket = new net.Socket() as Handled
  t.after(() => socket.destroy())
  const asked: unknown[] = []
  socket.on('connectionAttempt', () => {
    const handle = socket._handle
    handle.connect = (request: { oncomplete(...args: unknown[]): void }, address: string, port: number) => {
      asked.push(address, port)
      handle.getpeername = (out: object) => {
        Object.assign(out, { address: '192.0.2.1', family: 'IPv4', port: 7 })
        return 0
      }
      setImmediate(() => request.oncomplete(0, handle, request, true, true))
      return 0
    }
    handle.readStart = () => 0
    handle.shutdown = () => 1
  })
  socket.connect(9, '127.0.0.1')
  await once(socket, 'connect')
  assert.deepEqual(asked, ['127.0.0.1', 9])
  assert.equal(socket.remoteAddress, '192.0.2.1')
  assert.equal(socket.remotePort, 7)
  socket.push('mocked')
  assert.equal(`${(await once(socket, 'data'))[0]}`, 'mocked')
  socket.end()
  await once(socket, 'finish')
})

onBoth('closes a socket whose own connect has failed, has not answered yet, or was one of several', async net => {
  const refused = { connect: systemErrors.ECONNREFUSED, error: 'ECONNREFUSED' }
  const silent = { connect: undefined, error: 'enough' }
  for (const { connect, error } of [refused, silent]) {
    for (const addresses of [['127.0.0.1'], ['127.0.0.1', '127.0.0.2']]) {
      const socket = new net.Socket() as Handled
      socket.on('connectionAttempt', () => {
        const handle = socket._handle
        handle.connect = (request: { oncomplete(...args: unknown[]): void }) => {
          if (connect === undefined) setImmediate(() => socket.destroy(new Error('enough')))
          else setImmediate(() => request.oncomplete(connect, handle, request, true, true))
          return 0
        }
      })
      const failed = once(socket, 'error')
      const closed = new Promise(done => socket.on('close', done))
      const all = addresses.map(address => ({ address, family: 4 }))
      const lookup = (_name: string, _options: object, done: (...found: unknown[]) => void) => done(null, all)
      socket.connect({ host: 'a.example', port: 9, lookup, autoSelectFamily: true } as nodeNet.TcpNetConnectOpts)
      const [found] = (await failed) as [NodeJS.ErrnoException]
      assert.equal(found.code ?? found.message, error)
      assert.equal(await closed, true)
    }
  }
})

onBoth("calls the connect of a handle that is the program's", async (net, t) => {
  const socket = new net.Socket() as Handled
  t.after(() => socket.destroy())
  socket._handle = { connect: () => systemErrors.ENETUNREACH, readStart() {}, close() {} }
  socket.connect(9, '127.0.0.1')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ENETUNREACH')
  assert.match(error.message, /^connect ENETUNREACH 127.0.0.1:9/)
})

onBoth('calls own setNoDelay, setKeepAlive and onconnection', async (net, t) => {
  const { server, client } = await pair(net, t)
  const seen: (number | boolean)[] = []
  const later: string[] = []
  client._handle.setNoDelay = (on: boolean) => void seen.push(on)
  client._handle.setKeepAlive = (on: boolean, delay: number) => void seen.push(on, delay)
  client.setNoDelay()
  client.setKeepAlive(true, 2000)
  assert.deepEqual(seen, [true, true, 2])
  const { onconnection } = server._handle
  server._handle.onconnection = (status: number, handle: object) => {
    later.push('before')
    onconnection.call(server._handle, status, handle)
  }
  const next = net.connect(portOf(server), '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Handled]
  assert.deepEqual(later, ['before'])
  next.destroy()
  accepted.destroy()
})

/** A stream of the program's own, as far as Node asks such a handle: what is written comes back. */
class Echo {
  onread: unknown
  readonly asked: string[] = []
  reading = false

  getAsyncId(): number {
    return 7
  }

  readStart(): number {
    if (!this.asked.includes('readStart')) this.asked.push('readStart')
    return 0
  }

  readStop(): number {
    return 0
  }

  writeUtf8String(_request: object, data: string): number {
    this.asked.push(data)
    return 0
  }

  writeLatin1String(request: object, data: string): number {
    return this.writeUtf8String(request, data)
  }

  writev(_request: object, chunks: unknown[]): number {
    this.asked.push(`${chunks}`)
    return 0
  }

  shutdown(request: { oncomplete(status: number): void }): number {
    this.asked.push('shutdown')
    setImmediate(() => request.oncomplete(0))
    return 0
  }

  close(done?: () => void): void {
    this.asked.push('close')
    if (done) setImmediate(done)
  }
}

onBoth("speaks over a handle of the program's own", async net => {
  const handle = new Echo()
  const socket = new net.Socket({ handle } as object) as Handled
  assert.equal(socket._handle, handle)
  assert.equal(socket.connecting, false)
  socket.resume()
  socket.end('hello')
  await once(socket, 'finish')
  socket.destroy()
  await once(socket, 'close')
  assert.deepEqual(handle.asked.toSorted(), ['close', 'hello', 'readStart', 'shutdown'])
})

it('has no descriptor on a host without any, and works', async t => {
  await new MemoryHost().run(async () => {
    const { client, accepted, server } = await pair(ours as unknown as Net, t)
    assert.equal(client._handle.fd, -1)
    assert.ok(client._handle.getAsyncId() > 0)
    assert.notEqual(client._handle.getAsyncId(), server._handle.getAsyncId())
    assert.equal(client._handle.getAsyncId(), client._handle.getAsyncId())
    client._handle.close()
    accepted.resume()
    await once(accepted, 'end')
  })
})

it('is made when somebody looks, and no earlier', async t => {
  const { client } = await pair(ours as unknown as Net, t)
  const made = () => Object.getOwnPropertySymbols(client).some(({ description }) => description === 'handle')
  assert.equal(made(), false)
  void client._handle
  assert.equal(made(), true)
})
