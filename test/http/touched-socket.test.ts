// What a program does to a server's socket - wraps a member, listens, pushes, pauses - does the same as with Node's own server:
// each scene is played by both, and what the peer heard and the program saw is compared.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeHttp from 'node:http'
import nodeNet from 'node:net'
import { it } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'
import { Peer, portOf } from './raw.ts'

type Socket = nodeNet.Socket
type Server = nodeHttp.Server

interface Stack {
  createServer(listener: nodeHttp.RequestListener): Server
  readonly Socket: typeof nodeNet.Socket
  createNetServer(listener: (socket: Socket) => void): nodeNet.Server
}

const ours: Stack = {
  createServer: listener => http.createServer(listener as never) as never,
  Socket: net.Socket as never,
  createNetServer: listener => net.createServer(listener as never) as never,
}
const nodes: Stack = {
  createServer: nodeHttp.createServer,
  Socket: nodeNet.Socket,
  createNetServer: nodeNet.createServer,
}

/** What a scene does to a socket; it writes down what it saw. */
type Touch = (socket: Socket, seen: string[]) => void

/** Requests of every kind on one connection; the third and fourth come in one packet. */
async function play(stack: Stack, touch: Touch, when: 'connection' | 'request'): Promise<string[]> {
  const seen: string[] = []
  let isTouched = false
  const touchOnce = (socket: Socket) => {
    if (isTouched) return
    isTouched = true
    touch(socket, seen)
  }
  const server = stack.createServer((request, response) => {
    if (when === 'request') touchOnce(request.socket)
    let body = ''
    request.setEncoding('latin1')
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      response.write(`${request.url} `)
      setImmediate(() => response.end(`${body};`))
    })
  })
  if (when === 'connection') server.on('connection', touchOnce)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = await Peer.connect(portOf(server))
  const answered = async (text: string): Promise<string> => {
    peer.sends(text)
    const [heard] = await peer.receives(/^[\s\S]*?;\r\n0\r\n\r\n/)
    return heard.replace(/Date: .*\r\n/, '')
  }
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
  seen.push(await answered(get('/1')))
  peer.sends('POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc')
  seen.push(await answered('def'))
  seen.push(await answered(get('/3') + get('/4', 'Connection: close\r\n')), await answered(''))
  await peer.closes()
  server.close()
  await once(server, 'close')
  return seen
}

const serverOf = (socket: Socket) => (socket as unknown as { server: Server }).server

/** The members that Node's http server calls on its socket, or may. */
const members = [
  'write',
  'end',
  'cork',
  'uncork',
  'destroy',
  'destroySoon',
  'setTimeout',
  'pause',
  'push',
  'unshift',
  '_final',
  '_destroy',
  'setNoDelay',
  'setKeepAlive',
  'address',
  'ref',
  'unref',
  'pipe',
] as const

for (const when of ['connection', 'request'] as const) {
  for (const member of members) {
    it(`${member}() wrapped at the '${when}' is called as by Node`, async () => {
      const wrap: Touch = (socket, seen) => {
        const before = socket[member] as (...args: unknown[]) => unknown
        let isCalled = false
        Object.assign(socket, {
          [member](...args: unknown[]) {
            isCalled = true
            return before.apply(socket, args)
          },
        })
        socket.on('close', () => seen.push(`called: ${isCalled}`))
      }
      assert.deepEqual(await play(ours, wrap, when), await play(nodes, wrap, when))
    })
  }

  it(`_write() and _writev() put there at the '${when}' are given all bytes`, async () => {
    const watch: Touch = (socket, seen) => {
      const { _write, _writev } = socket
      let bytes = ''
      socket._write = (chunk, encoding, done) => {
        bytes += chunk.toString('latin1')
        _write.call(socket, chunk, encoding, done)
      }
      socket._writev = (chunks, done) => {
        bytes += chunks.map(({ chunk }) => chunk.toString('latin1')).join('')
        _writev?.call(socket, chunks, done)
      }
      socket.on('close', () => seen.push(bytes.replaceAll(/Date: .*\r\n/g, '')))
    }
    assert.deepEqual(await play(ours, watch, when), await play(nodes, watch, when))
  })

  it(`what a write() put there at the '${when}' changes, the peer gets changed, piece by piece as from Node`, async () => {
    const shout: Touch = (socket, seen) => {
      const { write } = socket
      socket.write = ((data: string | Buffer, ...rest: never[]) => {
        const text = data.toString('latin1')
        seen.push(text.replace(/Date: .*\r\n/, ''))
        return write.call(socket, text.replace('/2', '/TWO'), ...rest)
      }) as typeof write
    }
    assert.deepEqual(await play(ours, shout, when), await play(nodes, shout, when))
  })

  it(`events emitted through an emit() put there at the '${when}' are Node's`, async () => {
    const watch: Touch = (socket, seen) => {
      const { emit } = socket
      const events = new Set<string>()
      socket.emit = ((event: string, ...args: unknown[]) => {
        events.add(event)
        return emit.call(socket, event, ...args)
      }) as typeof emit
      socket.on('close', () => {
        // Node emits this one only where its own reading was resumed before.
        events.delete('resume')
        seen.push([...events].sort().join(' '))
      })
    }
    assert.deepEqual(await play(ours, watch, when), await play(nodes, watch, when))
  })

  for (const method of ['on', 'once', 'prependListener', 'addListener'] as const) {
    it(`'data' by ${method}() at the '${when}' shows the bytes, in Node's order`, async () => {
      const listen: Touch = (socket, seen) => {
        let requests = 0
        let bytes = ''
        serverOf(socket).on('request', () => requests++)
        socket[method]('data', (chunk: Buffer) => {
          if (bytes === '') seen.push(`after ${requests} requests`)
          bytes += chunk.toString('latin1')
        })
        if (method !== 'once') socket.on('close', () => seen.push(bytes))
      }
      assert.deepEqual(await play(ours, listen, when), await play(nodes, listen, when))
    })
  }

  for (const way of ['push', 'emit'] as const) {
    it(`bytes given by ${way}() at the '${when}' are a request`, async () => {
      const give: Touch = socket => {
        const bytes = Buffer.from('GET /given HTTP/1.1\r\nHost: a\r\n\r\n')
        setImmediate(() => (way === 'push' ? socket.push(bytes) : socket.emit('data', bytes)))
      }
      assert.deepEqual((await play(ours, give, when)).sort(), (await play(nodes, give, when)).sort())
    })
  }

  it(`listeners that programs count are as many as on Node's socket at the '${when}'`, async () => {
    const count: Touch = (socket, seen) => {
      for (const event of ['data', 'error', 'end', 'close', 'drain', 'timeout', 'pause', 'resume', 'readable']) {
        seen.push(`${event} ${socket.listenerCount(event)}`)
      }
    }
    assert.deepEqual(await play(ours, count, when), await play(nodes, count, when))
  })

  it(`a socket paused at the '${when}' is read from as Node's is, and again after resume()`, async () => {
    assert.deepEqual(await pauseAt(ours, when), await pauseAt(nodes, when))
  })
}

/** How many requests were read while the socket was paused, and after it was resumed. */
async function pauseAt(stack: Stack, when: 'connection' | 'request'): Promise<number[]> {
  let requests = 0
  let paused: Socket | undefined
  const pause = (socket: Socket) => {
    paused ??= socket.pause()
  }
  const server = stack.createServer((request, response) => {
    requests++
    if (when === 'request') pause(request.socket)
    response.end(';')
  })
  if (when === 'connection') server.on('connection', pause)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = await Peer.connect(portOf(server))
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
  peer.sends(get)
  if (when === 'request') {
    await peer.receives(/;$/)
    peer.sends(get)
  }
  // Turns after which loopback has brought what was sent.
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
  const before = requests
  paused?.resume()
  await peer.receives(/;$/)
  peer.socket.destroy()
  server.close()
  await once(server, 'close')
  return [before, requests]
}

it("after a 'close' that a program emits, the requests behind it are not served", async () => {
  const emitClose = async (stack: Stack): Promise<unknown[]> => {
    const seen: unknown[] = []
    const server = stack.createServer((request, response) => {
      seen.push(request.url)
      request.on('error', error => seen.push(error.message))
      request.socket.emit('close')
      response.end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const peer = await Peer.connect(portOf(server))
    peer.sends('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await peer.closes()
    server.close()
    return seen
  }
  assert.deepEqual(await emitClose(ours), ['/1', 'aborted'])
})

it('what a program writes and corks itself keeps its place among the answers', async () => {
  const interfere: Touch = socket => {
    socket.cork()
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
    setImmediate(() => socket.uncork())
  }
  assert.deepEqual(await play(ours, interfere, 'request'), await play(nodes, interfere, 'request'))
})

it('writableCorked and writableLength of the socket tell of the answers', async () => {
  const measure = async (stack: Stack): Promise<unknown[]> => {
    const seen: unknown[] = []
    const server = stack.createServer((request, response) => {
      const { socket } = request
      response.writeHead(200)
      response.cork()
      response.write('x')
      seen.push(response.writableCorked > 0, socket.writableCorked > 0, response.writableLength > 0)
      response.uncork()
      seen.push(socket.writableCorked)
      response.end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const peer = await Peer.connect(portOf(server))
    peer.sends('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await peer.closes()
    server.close()
    return seen
  }
  assert.deepEqual(await measure(ours), await measure(nodes))
})

it('a socket of another server, with a _write of its own, is written to through it', async () => {
  const seen: Record<string, string[]> = { ours: [], nodes: [] }
  for (const [name, stack] of Object.entries({ ours, nodes })) {
    const written = seen[name] as string[]
    const server = stack.createServer((_request, response) => response.end('hello'))
    const front = stack.createNetServer(socket => {
      const { _write, _writev } = socket
      socket._write = (chunk, encoding, done) => {
        written.push(chunk.toString('latin1'))
        _write.call(socket, chunk, encoding, done)
      }
      socket._writev = (chunks, done) => {
        written.push(...chunks.map(({ chunk }) => chunk.toString('latin1')))
        _writev?.call(socket, chunks, done)
      }
      server.emit('connection', socket)
    })
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    const peer = await Peer.connect(portOf(front))
    peer.sends('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await peer.receives(/hello$/)
    await peer.closes()
    front.close()
  }
  const bytes = (name: string) => seen[name]?.join('').replace(/Date: .*\r\n/, '')
  assert.match(bytes('ours') ?? '', /^HTTP\/1\.1 200 OK[\s\S]*hello$/)
  assert.equal(bytes('ours'), bytes('nodes'))
})
