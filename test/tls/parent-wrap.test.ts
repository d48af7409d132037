// What programs do with a TLSSocket's `_handle`, of ours and of the runtime's: they look at what it stands on, take the class
// that makes a socket of any stream, and answer in the server's place.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeNet from 'node:net'
import { type Duplex, duplexPair, PassThrough } from 'node:stream'
import { it, type TestContext } from 'node:test'
import nodeTls from 'node:tls'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, localhost } from './certificates.ts'

// biome-ignore lint/suspicious/noExplicitAny: handles have no types in Node's declarations
type Handled = nodeTls.TLSSocket & { _handle: any; connecting: boolean }

interface Stack {
  readonly net: typeof nodeNet
  readonly tls: typeof nodeTls
}

function onBoth(name: string, scene: (stack: Stack, t: TestContext) => Promise<void>): void {
  it(`${name}: node`, t => scene({ net: nodeNet, tls: nodeTls }, t))
  it(`${name}: ours`, t => scene({ net, tls } as unknown as Stack, t))
}

async function listen({ tls }: Stack, t: TestContext): Promise<number> {
  const server = tls.createServer({ key: localhost.key, cert: localhost.cert }, socket => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as nodeNet.AddressInfo).port
}

onBoth('names the class that makes a socket of a stream', async ({ net, tls }, t) => {
  const { _handle: handle } = new tls.TLSSocket(new PassThrough()) as Handled
  assert.equal(handle.constructor.name, 'TLSWrap')
  const wrap = handle._parentWrap as { constructor: new (stream: Duplex) => Handled; _handle: object }
  assert.equal(wrap.constructor.name, 'JSStreamSocket')
  assert.equal(wrap instanceof net.Socket, true)
  assert.equal(handle._parent, wrap._handle)

  const [near, far] = duplexPair()
  const socket = new wrap.constructor(near)
  t.after(() => socket.destroy())
  assert.equal(socket instanceof net.Socket, true)
  socket._handle.getpeername = (out: object) => {
    Object.assign(out, { address: '192.0.2.7', family: 'IPv4', port: 443 })
  }
  assert.equal(socket.remoteAddress, '192.0.2.7')
  far.pipe(far)
  socket.write('round')
  assert.equal(`${(await once(socket, 'data'))[0]}`, 'round')
})

onBoth('stands on the socket that it is given, or on one of its own', async (stack, t) => {
  const port = await listen(stack, t)
  const raw = stack.net.connect(port, '127.0.0.1') as nodeNet.Socket & { _handle: object }
  await once(raw, 'connect')
  const over = stack.tls.connect({ socket: raw, ca: authority.cert, servername: 'localhost' }) as Handled
  await once(over, 'secureConnect')
  assert.equal(over._handle._parentWrap, raw)
  assert.equal(over._handle._parent, raw._handle)
  over.destroy()

  const alone = stack.tls.connect({ port, host: '127.0.0.1', ca: authority.cert, servername: 'localhost' }) as Handled
  t.after(() => alone.destroy())
  const { _handle: handle } = alone
  assert.equal(handle._parent.constructor.name, 'TCP')
  await once(alone, 'secureConnect')
  assert.equal(alone._handle, handle)
  assert.equal(handle._parentWrap, null)
  assert.ok(handle.fd > 0)
  assert.deepEqual(handle.getCipher(), alone.getCipher())
  assert.equal(handle.getALPNNegotiatedProtocol(), false)
  assert.equal(handle.verifyError() ?? undefined, undefined)
})

onBoth('lets a program answer in the place of the server', async ({ tls }, t) => {
  const socket = tls.connect({
    port: 9,
    host: '127.0.0.1',
    servername: 'example.test',
    ALPNProtocols: ['h2'],
  }) as Handled
  t.after(() => socket.destroy())
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'connect-options')
  const options = Reflect.get(socket, symbol as symbol) as { checkServerIdentity: () => void; servername: string }
  assert.equal(options.servername, 'example.test')
  options.checkServerIdentity = () => {}
  const { _handle: handle } = socket
  handle.start = () => {}
  handle.readStart = () => 0
  handle.verifyError = () => undefined
  handle.getSession = () => Buffer.from('mocked')
  handle.getCipher = () => ({ name: 'mocked' })
  handle.getEphemeralKeyInfo = () => ({ type: 'ECDH', name: 'X25519', size: 253 })
  handle.getALPNNegotiatedProtocol = () => 'h2'
  handle.connect = (request: { oncomplete(...args: unknown[]): void }) => {
    setImmediate(() => request.oncomplete(0, handle, request, true, true))
    return 0
  }
  const events: string[] = []
  for (const event of ['connect', 'secure', 'secureConnect', 'session', 'error']) {
    socket.on(event, () => events.push(event))
  }
  socket.once('connect', () => {
    handle.onhandshakedone()
    handle.onnewsession(1, Buffer.from('mocked'))
  })
  await once(socket, 'secureConnect')
  assert.equal(socket.alpnProtocol, 'h2')
  assert.equal(socket.authorized, true)
  assert.deepEqual(socket.getCipher(), { name: 'mocked' })
  assert.match(`${socket.getSession()}`, /mocked$/)
  await new Promise(setImmediate)
  assert.deepEqual(events, ['connect', 'secureConnect', 'secure', 'session'])
})

onBoth("goes on with another's connection, which it judges as its own", async (stack, t) => {
  const port = await listen(stack, t)
  const options = { port, host: '127.0.0.1', ca: authority.cert, servername: 'localhost' }
  const mocked = stack.tls.connect(options) as Handled & { _start: () => void }
  mocked._handle.connect = () => 0
  const real = stack.tls.connect(options) as Handled
  t.after(() => real.destroy())
  real.once('connect', () => {
    const replaced = mocked._handle
    mocked._handle = real._handle
    replaced.close()
    replaced._parent.close()
    for (const listener of mocked.rawListeners('connect')) mocked.removeListener('connect', listener as () => void)
    mocked.connecting = false
    mocked.emit('connect')
  })
  real.on('secure', () => mocked.emit('secure'))
  real.on('data', chunk => mocked.push(chunk))
  await once(mocked, 'secureConnect')
  assert.equal(mocked.authorized, true)
  assert.deepEqual(mocked.getCipher(), real.getCipher())
  assert.equal(mocked.getPeerCertificate().fingerprint256, real.getPeerCertificate().fingerprint256)
  mocked.write('over it')
  assert.equal(`${(await once(mocked, 'data'))[0]}`, 'over it')
  mocked.destroy()
  await once(mocked, 'close')
})

it('is refused where another connection is, whose certificate does not do', async t => {
  const stack = { net, tls } as unknown as Stack
  const port = await listen(stack, t)
  const options = { port, host: '127.0.0.1', ca: authority.cert, servername: 'localhost' }
  const mocked = stack.tls.connect({ ...options, servername: 'other.test' }) as Handled
  mocked._handle.connect = () => 0
  const real = stack.tls.connect(options) as Handled
  t.after(() => real.destroy())
  await once(real, 'secureConnect')
  mocked._handle = real._handle
  mocked.connecting = false
  mocked.emit('secure')
  const [error] = (await once(mocked, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
})
