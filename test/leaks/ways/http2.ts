import { once } from 'node:events'
import type { ClientHttp2Session, ClientSessionOptions, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Modules } from '../../support/implementations.ts'
import { accepted, close, closed, listen, unusedPort, type Way, type Ways } from '../way.ts'

interface Pair {
  readonly session: ClientHttp2Session
  readonly serverSession: ServerHttp2Session
}

export const http2Ways: Ways = {
  'http2: a stream reset by the client': modules =>
    withSession(modules, ({ session, serverSession }) => async () => {
      const opened = accepted<ServerHttp2Stream>(serverSession, 'stream')
      const stream = session.request({ ':method': 'POST' }, { endStream: false })
      const peer = await opened
      const ends = closed(stream, peer)
      stream.close(8)
      await ends
    }),

  'http2: a stream reset by the server': modules =>
    withSession(modules, ({ session, serverSession }) => async () => {
      const opened = accepted<ServerHttp2Stream>(serverSession, 'stream')
      const stream = session.request({ ':method': 'POST' }, { endStream: false })
      const peer = await opened
      const ends = closed(stream, peer)
      peer.close(2)
      await ends
    }),

  'http2: a stream destroyed at once': modules =>
    withSession(modules, ({ session }) => async () => {
      const stream = session.request({ ':method': 'POST' }, { endStream: false })
      const ends = closed(stream)
      stream.destroy(new Error('of the program'))
      await ends
    }),

  'http2: a session that goes away': modules =>
    withServer(modules, connect => async () => {
      const { session, serverSession } = await connect()
      const stream = session.request({ ':method': 'POST' }, { endStream: false })
      const ends = closed(session, serverSession, stream)
      serverSession.goaway(2)
      await ends
    }),

  'http2: a session destroyed by the client': modules =>
    withServer(modules, connect => async () => {
      const { session, serverSession } = await connect()
      const ends = closed(session, serverSession, session.request({ ':method': 'POST' }, { endStream: false }))
      session.destroy(new Error('of the program'))
      await ends
    }),

  'http2: a session destroyed by the server': modules =>
    withServer(modules, connect => async () => {
      const { session, serverSession } = await connect()
      const ends = closed(session, serverSession, session.request({ ':method': 'POST' }, { endStream: false }))
      serverSession.destroy()
      await ends
    }),

  'http2: a socket that is cut': modules =>
    withServer(modules, (connect, port) => async () => {
      // The session's own view of its socket does not destroy it in Node.
      const socket = modules.net.connect(port, '127.0.0.1')
      const { session, serverSession } = await connect({ createConnection: () => socket })
      const ends = closed(session, serverSession, session.request({ ':method': 'POST' }, { endStream: false }))
      socket.destroy()
      await ends
    }),

  async 'http2: refused'(modules) {
    const port = await unusedPort(modules)
    return { round: () => closed(modules.http2.connect(`http://127.0.0.1:${port}`)) }
  },
}

type Connect = (options?: ClientSessionOptions) => Promise<Pair>

async function withServer({ http2 }: Modules, rounds: (connect: Connect, port: number) => Way['round']): Promise<Way> {
  const server = http2.createServer()
  // Errors are what the rounds are about.
  server.on('stream', stream => stream.on('error', () => {}))
  server.on('sessionError', () => {})
  const port = await listen(server)
  const connect: Connect = async options => {
    const opened = accepted<ServerHttp2Session>(server, 'session')
    const session = http2.connect(`http://127.0.0.1:${port}`, options)
    await once(session, 'connect')
    const serverSession = await opened
    return { session, serverSession }
  }
  return { round: rounds(connect, port), end: () => close(server) }
}

export async function withSession(modules: Modules, rounds: (pair: Pair) => Way['round']): Promise<Way> {
  let pair: Pair | undefined
  let count = 0
  let round: Way['round'] | undefined
  const { end } = await withServer(modules, connect => {
    round = async () => {
      if (count++ % STREAMS_PER_SESSION === 0) {
        if (pair !== undefined) {
          const ends = closed(pair.session, pair.serverSession)
          pair.session.destroy()
          await ends
        }
        pair = await connect()
      }
      return rounds(pair as Pair)()
    }
    return round
  })
  return {
    round: () => (round as Way['round'])(),
    async end() {
      pair?.session.destroy()
      await end?.()
    },
  }
}

/** More streams that are reset are a flood to either implementation. */
const STREAMS_PER_SESSION = 400
