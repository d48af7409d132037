// An HTTP/2 server and its clients, both of the modules under test, in the clear or over TLS.

import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionOptions,
  ClientSessionRequestOptions,
  Http2Server,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  SecureServerOptions,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { authority, localhost } from '../../tls/certificates.ts'
import type { Scene } from '../scene.ts'
import { h2ServerEvents, h2StreamEvents, secureH2ServerEvents, sessionEvents } from './events.ts'

export type Transport = 'http2' | 'http2 over TLS'

export type Http2Bodies = Readonly<Record<string, (pair: Http2Pair, scene: Scene) => Promise<void>>>

export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

export class Http2Pair {
  readonly scene: Scene
  readonly transport: Transport
  readonly #sessions: ClientHttp2Session[] = []
  readonly #serverSessions: ServerHttp2Session[] = []
  #server: Http2Server | undefined

  constructor(scene: Scene, transport: Transport) {
    this.scene = scene
    this.transport = transport
  }

  get server(): Http2Server {
    return this.#server as Http2Server
  }

  /** The newest. */
  get serverSession(): ServerHttp2Session {
    return this.#serverSessions.at(-1) as ServerHttp2Session
  }

  get port(): number {
    this.#port ??= (this.server.address() as AddressInfo).port
    return this.#port
  }
  #port: number | undefined

  get url(): string {
    return `${this.transport === 'http2' ? 'http' : 'https'}://127.0.0.1:${this.port}`
  }

  readonly options = { servername: 'localhost', ca: authority.cert } as ClientSessionOptions

  /** A server that hands streams to `handle`; by default it answers each with its path and body. */
  async serve(handle: StreamHandler = stream => this.echo(stream), options: SecureServerOptions = {}): Promise<void> {
    await this.listen(options)
    this.scene.on('server', 'server', this.server, 'stream', (stream: ServerHttp2Stream, headers) => {
      this.scene.watch('server', `stream ${headers[':path']}`, stream, h2StreamEvents)
      this.scene.act(() => (headers[':path'] === '/last-request' ? this.echo(stream) : handle(stream, headers)))
    })
  }

  async listen(options: SecureServerOptions = {}): Promise<void> {
    const { scene } = this
    const { http2 } = scene.modules
    const isSecure = this.transport === 'http2 over TLS'
    this.#server = isSecure
      ? (http2.createSecureServer({ key: localhost.key, cert: localhost.cert, ...options }) as unknown as Http2Server)
      : http2.createServer(options)
    scene.watch('server', 'server', this.#server, isSecure ? secureH2ServerEvents : h2ServerEvents)
    scene.on('server', 'server', this.#server, 'session', (session: ServerHttp2Session) => {
      this.#serverSessions.push(session)
      scene.watch('server', `session ${this.#serverSessions.length}`, session, sessionEvents)
    })
    await scene.step('listens', () => {
      this.server.listen(0, '127.0.0.1', scene.callback('server', 'listen()'))
    })
  }

  /** Reads the request to its end, and answers. */
  echo(stream: ServerHttp2Stream): void {
    let text = ''
    stream.on('data', data => (text += data))
    stream.on('end', () => {
      if (stream.destroyed || stream.closed) return
      stream.respond({}, { sendDate: false } as never)
      stream.end(`echo ${text}`)
    })
  }

  async connect(name = 'session', options: ClientSessionOptions = {}): Promise<ClientHttp2Session> {
    let session: ClientHttp2Session | undefined
    await this.scene.step(`the ${name} connects`, () => {
      session = this.open(name, options)
    })
    return session as ClientHttp2Session
  }

  open(name: string, options: ClientSessionOptions = {}): ClientHttp2Session {
    return this.watchSession(name, this.scene.modules.http2.connect(this.url, { ...this.options, ...options }))
  }

  watchSession(name: string, session: ClientHttp2Session): ClientHttp2Session {
    this.#sessions.push(session)
    return this.scene.watch('client', name, session, sessionEvents)
  }

  /** A socket of the modules under test, on its way to the server. */
  socket(): Socket {
    const { net, tls } = this.scene.modules
    const address = { port: this.port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...this.options }
    return this.transport === 'http2' ? net.connect(address) : tls.connect(address)
  }

  /** A request that is heard and read, and not ended where it has a body. */
  request(
    session: ClientHttp2Session,
    name: string,
    headers: OutgoingHttpHeaders = {},
    options: ClientSessionRequestOptions = {},
  ): ClientHttp2Stream {
    const stream = session.request({ ':path': `/${name.replaceAll(' ', '-')}`, ...headers }, options)
    this.scene.watch('client', name, stream, h2StreamEvents)
    this.scene.on('client', name, stream, 'data')
    return stream
  }

  post(session: ClientHttp2Session, name: string): ClientHttp2Stream {
    return this.request(session, name, { ':method': 'POST' })
  }

  /** A new session is served as ever; then the server closes, and what is left of the sessions. */
  async end(): Promise<void> {
    const { scene } = this
    let last: ClientHttp2Session
    await scene.step('the last session asks', () => {
      last = this.open('last session')
      this.request(last, 'last request')
    })
    await scene.step('the last session closes', () => last.close(scene.callback('client', 'close()')))
    await scene.step('the server closes', () => {
      this.server.close(scene.callback('server', 'close()'))
    })
    await scene.step('the sessions close', () => {
      for (const session of this.#sessions) session.close()
    })
  }
}
