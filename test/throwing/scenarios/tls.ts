// tls: handshakes that succeed, that are refused by either end, and what is asked of the program amid them.

import net, { type AddressInfo, type Socket } from 'node:net'
import type { ConnectionOptions, Server, TLSSocket, TlsOptions } from 'node:tls'
import { authority, client as clientCertificate, localhost, otherAuthority } from '../../tls/certificates.ts'
import type { Scenario, Scene } from '../scene.ts'
import { tlsServerEvents, tlsSocketEvents } from './events.ts'

export const tlsScenarios: Readonly<Record<string, Scenario>> = {
  async 'tls: an exchange'(scene) {
    const server = await listen(scene)
    let socket: TLSSocket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket', {}, true)
    })
    await scene.step('writes', () => {
      socket.write('hello', scene.callback('client', 'write()'))
    })
    await scene.step('counts', () => server.getConnections(scene.callback('server', 'getConnections()')))
    await scene.step('ends', () => {
      socket.end('bye', scene.callback('client', 'end()'))
    })
    await close(scene, server)
  },

  async 'tls: an exchange by TLS 1.2'(scene) {
    const server = await listen(scene, { maxVersion: 'TLSv1.2' })
    let socket: TLSSocket
    await scene.step('connects', () => {
      socket = connect(scene, server, 'socket')
    })
    await scene.step('writes', () => socket.write('hello'))
    await scene.step('renegotiates', () => {
      socket.renegotiate({}, scene.callback('client', 'renegotiate()'))
    })
    await scene.step('writes again', () => socket.write('again'))
    await scene.step('ends', () => socket.end())
    await close(scene, server)
  },

  async 'tls: sessions kept by the program'(scene) {
    const sessions = new Map<string, Buffer>()
    const options: TlsOptions = { maxVersion: 'TLSv1.2', secureOptions: NO_TICKET }
    const server = await listen(scene, options)
    scene.on('server', 'server', server, 'newSession', (id: Buffer, data: Buffer, done: () => void) => {
      sessions.set(id.toString('hex'), data)
      done()
    })
    scene.on('server', 'server', server, 'resumeSession', (id: Buffer, done: SessionDone) => {
      done(null, sessions.get(id.toString('hex')) ?? null)
    })
    let session: Buffer | undefined
    await scene.step('connects', () => {
      connect(scene, server, 'socket').on('session', made => {
        session = made
      })
    })
    await scene.step('resumes', () => connect(scene, server, 'second socket', { session }).end('again'))
    await close(scene, server)
  },

  async 'tls: asked amid the handshake'(scene) {
    const options = {
      SNICallback: scene.callback('server', 'SNICallback', (_name: string, done: (error: null) => void) => done(null)),
      ALPNCallback: scene.callback('server', 'ALPNCallback', () => 'one'),
    }
    const server = await listen(scene, options as TlsOptions)
    scene.on('server', 'server', server, 'OCSPRequest', (_certificate: Buffer, _issuer: Buffer, done: OcspDone) => {
      done(null, Buffer.from('a response'))
    })
    await scene.step('connects', () => {
      connect(scene, server, 'socket', {
        ALPNProtocols: ['one', 'two'],
        requestOCSP: true,
        checkServerIdentity: scene.callback('client', 'checkServerIdentity option', () => undefined),
      }).write('hello')
    })
    await close(scene, server)
  },

  async 'tls: a key that both know'(scene) {
    const psk = Buffer.alloc(32, 1)
    const common = { maxVersion: 'TLSv1.2', ciphers: 'PSK-AES128-GCM-SHA256' } as const
    const server = await listen(scene, {
      ...common,
      pskCallback: scene.callback('server', 'pskCallback', () => psk),
    } as TlsOptions)
    await scene.step('connects', () => {
      connect(scene, server, 'socket', {
        ...common,
        checkServerIdentity: () => undefined,
        pskCallback: scene.callback('client', 'pskCallback', () => ({ psk, identity: 'someone' })),
      }).write('hello')
    })
    await scene.step('closes', () => server.close(scene.callback('server', 'close()')))
  },

  async 'tls: a server that the client does not trust'(scene) {
    const server = await listen(scene)
    await scene.step('connects', () => connect(scene, server, 'socket', { ca: otherAuthority.cert }))
    await scene.step('expects another name', () => connect(scene, server, 'second socket', { servername: 'b.example' }))
    await scene.step('connects all the same', () =>
      connect(scene, server, 'third socket', { ca: otherAuthority.cert, rejectUnauthorized: false }).end('hello'),
    )
    await close(scene, server)
  },

  async 'tls: a client that the server does not trust'(scene) {
    const server = await listen(scene, { requestCert: true, ca: authority.cert })
    await scene.step('shows none', () => connect(scene, server, 'socket'))
    await scene.step('shows a good one', () =>
      connect(scene, server, 'second socket', { key: clientCertificate.key, cert: clientCertificate.cert }).end(
        'hello',
      ),
    )
    await close(scene, server)
  },

  async 'tls: no version in common'(scene) {
    const server = await listen(scene, { minVersion: 'TLSv1.3' })
    await scene.step('connects', () => connect(scene, server, 'socket', { maxVersion: 'TLSv1.2' }))
    await close(scene, server)
  },

  async 'tls: clients that speak no TLS, or stop'(scene) {
    const server = await listen(scene)
    const { port } = server.address() as AddressInfo
    await scene.step('sends text', () =>
      observe(scene, 'plain client', net.connect(port, '127.0.0.1')).write('GET /\r\n'),
    )
    let stopped: Socket
    await scene.step('sends a part', () => {
      stopped = observe(scene, 'second plain client', net.connect(port, '127.0.0.1'))
      stopped.write(Buffer.of(22, 3, 1, 2, 0, 1))
    })
    await scene.step('leaves', () => stopped.destroy())
    await close(scene, server)
  },

  async 'tls: servers that speak no TLS, or stop'(scene) {
    const answers = ['HTTP/1.1 400 Bad Request\r\n\r\n', '']
    const accepted: Socket[] = []
    const server = net.createServer(socket => {
      accepted.push(socket)
      socket.on('error', () => {}).write(answers.shift() ?? '')
    })
    await scene.step('listens', () => server.listen(0, '127.0.0.1'))
    await scene.step('reads text', () => connect(scene, server, 'socket'))
    await scene.step('is answered nothing', () => connect(scene, server, 'second socket'))
    await scene.step('the server leaves', () => accepted[1]?.destroy())
    await scene.step('closes', () => {
      server.close()
      accepted[0]?.destroy()
    })
  },

  async 'tls: a handshake that takes too long'(scene) {
    const server = await listen(scene, { handshakeTimeout: TIMEOUT_MS })
    const { port } = server.address() as AddressInfo
    scene.on('server', 'server', server, 'tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
    await scene.step(
      'says nothing',
      () => observe(scene, 'plain client', net.connect(port, '127.0.0.1')),
      "client plain client 'close' 1",
    )
    await close(scene, server)
  },

  async 'tls: listening in vain'(scene) {
    const server = await listen(scene)
    const second = scene.modules.tls.createServer({ key: localhost.key, cert: localhost.cert })
    scene.watch('server', 'second server', second, tlsServerEvents)
    await scene.step('listens', () => second.listen((server.address() as AddressInfo).port, '127.0.0.1'))
    await scene.step('listens elsewhere', () => second.listen(0, '127.0.0.1'))
    await scene.step('closes the second', () => second.close(scene.callback('server', 'close()')))
    await close(scene, server)
  },

  async 'tls: cut off'(scene) {
    const accepted: TLSSocket[] = []
    const server = await listen(scene, {}, socket => {
      accepted.push(socket)
      socket.on('data', data => socket.write(data))
    })
    await scene.step('connects', () => connect(scene, server, 'socket').write('hello'))
    await scene.step('is destroyed', () => accepted[0]?.destroy())
    await scene.step('connects again', () => connect(scene, server, 'second socket').write('hello'))
    await scene.step('is destroyed with an error', () => accepted[1]?.destroy(new Error('of the program')))
    await scene.step('destroys at once', () => connect(scene, server, 'third socket').destroy())
    await close(scene, server)
  },

  async 'tls: over a socket of the program'(scene) {
    const server = await listen(scene)
    await scene.step('connects', () => {
      const plain = scene.modules.net.connect((server.address() as AddressInfo).port, '127.0.0.1')
      scene.watch('client', 'plain socket', plain, ['connect', 'ready', 'error', 'close'])
      connect(scene, server, 'socket', { socket: plain }).end('hello')
    })
    await close(scene, server)
  },

  async 'tls: time-outs'(scene) {
    const accepted: TLSSocket[] = []
    const server = await listen(scene, {}, socket => accepted.push(socket))
    let socket: TLSSocket
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
}

type SessionDone = (error: null, data: Buffer | null) => void
type OcspDone = (error: null, response: Buffer) => void

const TIMEOUT_MS = 40

/** SSL_OP_NO_TICKET: sessions then need their server's memory. */
const NO_TICKET = 0x4000

/** A server that listens; by default it echoes what comes. */
async function listen(scene: Scene, options: TlsOptions = {}, handle?: (socket: TLSSocket) => void): Promise<Server> {
  const server = scene.modules.tls.createServer({
    key: localhost.key,
    cert: localhost.cert,
    noDelay: true,
    ...options,
  })
  scene.watch('server', 'server', server, tlsServerEvents)
  server.on('secureConnection', socket => {
    scene.watch('server', 'accepted', socket, tlsSocketEvents)
    scene.act(() => (handle ?? echo)(socket))
  })
  await scene.step('listens', () => {
    server.listen(0, '127.0.0.1', scene.callback('server', 'listen()'))
  })
  return server

  function echo(socket: TLSSocket): void {
    scene.on('server', 'accepted', socket, 'data', (data: Buffer) => {
      socket.write(data, scene.callback('server', 'write()'))
    })
  }
}

function connect(
  scene: Scene,
  server: Pick<net.Server, 'address'>,
  name: string,
  options: ConnectionOptions & { session?: Buffer | undefined } = {},
  withCallback = false,
): TLSSocket {
  const { port } = server.address() as AddressInfo
  const all = {
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: authority.cert,
    noDelay: true,
    ...options,
  } as ConnectionOptions
  const { tls } = scene.modules
  const socket = withCallback ? tls.connect(all, scene.callback('client', 'connect()')) : tls.connect(all)
  scene.watch('client', name, socket, tlsSocketEvents)
  scene.on('client', name, socket, 'data')
  return socket
}

function observe(scene: Scene, name: string, socket: Socket): Socket {
  scene.observe('client', name, socket, ['data', 'end', 'error', 'close'])
  return socket
}

/** A new connection is served as ever; then the server closes. */
async function close(scene: Scene, server: Server): Promise<void> {
  await scene.step('the last one connects', () => connect(scene, server, 'last socket').end('last'))
  await scene.step('closes', () => {
    server.close(scene.callback('server', 'close()'))
    server.getConnections(scene.callback('server', 'getConnections()'))
  })
}
