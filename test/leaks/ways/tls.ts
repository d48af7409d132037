import nodeNet from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Modules } from '../../support/implementations.ts'
import { authority, localhost, otherAuthority } from '../../tls/certificates.ts'
import { accepted, close, closed, listen, type Way, type Ways } from '../way.ts'

export const tlsWays: Ways = {
  'tls: no version in common': modules =>
    withServer(modules, { minVersion: 'TLSv1.3' }, port => async () => {
      await closed(modules.tls.connect({ ...address(port), maxVersion: 'TLSv1.2' }))
    }),

  'tls: a certificate that is not trusted': modules =>
    withServer(modules, {}, port => () => closed(modules.tls.connect({ ...address(port), ca: otherAuthority.cert }))),

  'tls: a client without its certificate': modules =>
    withServer(modules, { requestCert: true, rejectUnauthorized: true, ca: authority.cert }, port => () => {
      const client = modules.tls.connect(address(port))
      return closed(client.resume())
    }),

  'tls: a handshake cut short': modules =>
    withServer(modules, {}, port => async () => {
      const client = nodeNet.connect(port, '127.0.0.1')
      const ends = closed(client)
      client.write(Buffer.of(22, 3, 1, 2, 0, 1), () => client.destroy())
      await ends
    }),

  'tls: what is no TLS': modules =>
    withServer(modules, {}, port => async () => {
      const client = nodeNet.connect(port, '127.0.0.1')
      const ends = closed(client.resume())
      client.write('GET / HTTP/1.1\r\n\r\n')
      await ends
    }),

  async 'tls: a server that is none'({ tls }) {
    const server = nodeNet.createServer(socket =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    )
    const port = await listen(server)
    return { round: () => closed(tls.connect(address(port))), end: () => close(server) }
  },

  'tls: destroyed at once': modules =>
    withServer(modules, {}, port => () => closed(modules.tls.connect(address(port)).destroy())),

  'tls: cut off': modules =>
    withServer(modules, {}, (port, server) => async () => {
      const connection = accepted<TLSSocket>(server, 'secureConnection')
      const client = modules.tls.connect(address(port)).resume()
      const ends = closed(client)
      const peer = await connection
      const peerEnds = closed(peer.resume())
      peer.destroy()
      await Promise.all([ends, peerEnds])
    }),
}

async function withServer(
  { tls }: Modules,
  options: object,
  rounds: (port: number, server: NodeJS.EventEmitter) => Way['round'],
): Promise<Way> {
  const server = tls.createServer({ key: localhost.key, cert: localhost.cert, ...options })
  server.on('secureConnection', socket => socket.on('error', () => {}))
  const port = await listen(server)
  return { round: rounds(port, server), end: () => close(server) }
}

function address(port: number) {
  return { port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert }
}
