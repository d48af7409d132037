// Carries steps out on one module of http2, in one world, and tells a model of them. After each, what both ends heard must be what
// the model says.

import type builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Retained } from '../retained.ts'
import type { World } from '../world.ts'
import type { Act, Setting, Side, Step } from './acts.ts'
import { check, checkEnd } from './checks.ts'
import { PING, SessionEnd, StreamEnd } from './ends.ts'
import { BODY_LENGTH, Http2Model, other, type SessionModel, type StreamModel, TIMEOUT_MS } from './model.ts'
import { type Net, Relay } from './relay.ts'

/** http2 in the clear or over TLS, with the net of the same world. */
export interface Stack {
  readonly net: Net
  readonly isSecure: boolean
  /** Node's own: a session that has closed in good order may stay for what both ends still have to read. */
  readonly isNodes: boolean
  createServer(): builtIn.Http2Server | builtIn.Http2SecureServer
  connect(host: string, port: number): builtIn.ClientHttp2Session
}

export class Stage {
  readonly model = new Http2Model()
  readonly sessions: Record<Side, SessionEnd[]> = { client: [], server: [] }
  readonly streams: Record<Side, Map<string, StreamEnd>> = { client: new Map(), server: new Map() }
  readonly serverLog: string[] = []
  readonly retained = new Retained()
  readonly world: World
  readonly stack: Stack
  readonly #setting: Setting
  readonly #server: builtIn.Http2Server | builtIn.Http2SecureServer
  readonly #relay: Relay
  #heard = 0
  /** Node's GOAWAY overtakes the requests of the same turn, which are lost then, and a PING; its RST_STREAM what was written. */
  #isOvertaken = false

  constructor(world: World, stack: Stack, setting: Setting) {
    this.world = world
    this.stack = stack
    this.#setting = setting
    const target = () => ({ host: world.serverAddress, port: (this.#server.address() as AddressInfo).port })
    this.#relay = world.server(() => new Relay(stack.net, target, setting.piece))
    this.#server = world.server(() => stack.createServer())
    this.#server.on('session', session => this.#accept(session))
    this.#server.on('stream', (stream, headers) => {
      this.#addStream('server', String(headers['x-id']), stream, setting.serverReads)
    })
    this.#server.on('close', () => this.serverLog.push('close'))
  }

  async play(steps: readonly Step[]): Promise<void> {
    const { world } = this
    const address = world.serverAddress === '127.0.0.1' ? '127.0.0.1' : undefined
    world.server(() => {
      this.#server.listen(0, address)
      this.#relay.listen(address)
    })
    await world.settle()
    try {
      for (const step of [{ kind: 'connect' } as const, ...steps]) {
        await this.#take(step)
        await this.#settle()
        await check(this, step)
      }
    } finally {
      await this.#finish()
    }
    checkEnd(this)
  }

  /** Of those who serve. */
  connections(): Promise<number> {
    return new Promise(resolve => this.#server.getConnections((_, count) => resolve(count)))
  }

  async #settle(): Promise<void> {
    for (let before = -1; before !== this.#heard + this.#relay.passed; ) {
      before = this.#heard + this.#relay.passed
      await this.world.settle()
      this.model.now += 5
    }
    this.model.settle()
  }

  readonly #onHeard = (): void => void this.#heard++

  // Steps

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'connect':
        if (!this.model.isServerClosed) this.#connect()
        return
      case 'acts':
        for (const [index, act] of step.acts.entries()) {
          this.#isOvertaken = index > 0 && this.world.patience > 0
          this.#act(step.side, act)
        }
        return
      case 'closeServer':
        if (this.model.isServerClosed || this.model.open.some(session => this.#isHeld(session))) return
        this.model.closeServer()
        this.#server.close()
        return
      case 'pass':
        await this.world.pass(step.ms)
        this.model.pass(step.ms)
        return
      default: {
        const session = one(this.model.open, step.which)
        if (session === undefined) return
        session.lose()
        if (step.kind === 'fin') this.#relay.fin(session.index, step.side)
        else {
          session.hasFailed = true
          this.#relay.reset(session.index)
        }
      }
    }
  }

  #connect(): void {
    const { world, model } = this
    const { index } = model.connect()
    const session = world.client(() => this.stack.connect(world.serverAddress, this.#relay.port))
    this.retained.add(session)
    this.sessions.client.push(
      new SessionEnd(
        `session ${index}, client`,
        'client',
        session,
        this.#setting.throwing,
        this.#onHeard,
        this.stack.isNodes,
      ),
    )
    session.on('stream', (stream, headers) => {
      this.#addStream('client', String(headers['x-id']), stream, headers['x-reads'] === '1')
    })
  }

  #accept(session: builtIn.ServerHttp2Session): void {
    const { server } = this.sessions
    this.retained.add(session)
    server.push(
      new SessionEnd(
        `session ${server.length}, server`,
        'server',
        session,
        this.#setting.throwing,
        this.#onHeard,
        this.stack.isNodes,
      ),
    )
  }

  #addStream(side: Side, id: string, stream: builtIn.Http2Stream, reads: boolean): StreamEnd {
    const end = new StreamEnd(`stream ${id}, ${side}`, side, stream, this.#onHeard)
    if (this.streams[side].has(id)) end.faults.push('announced again')
    this.streams[side].set(id, end)
    this.retained.add(stream)
    if (reads) end.read()
    return end
  }

  #act(side: Side, act: Act): void {
    switch (act.kind) {
      case 'ping':
      case 'settings':
      case 'leave':
      case 'goaway':
      case 'destroySession':
        if (this.#isOvertaken) return
        this.#actOnSession(side, act)
        return
      case 'request':
        this.#request(act)
        return
      case 'timeout':
        if (act.of === 'session') this.#actOnSession(side, act)
        else this.#actOnStream(side, act)
        return
      default:
        this.#actOnStream(side, act)
    }
  }

  #actOnSession(side: Side, act: Extract<Act, { which: number }>): void {
    const { model } = this
    const told = one(model.open, act.which)
    const end = told && this.sessions[side][told.index]
    if (told === undefined || end === undefined) return
    const { session } = end
    switch (act.kind) {
      case 'ping':
        if (told.isClosing) return
        told.pings[side]++
        // Only whoever receives one takes it for activity.
        model.touchSession(told, [other(side)])
        session.ping(PING, (error: NodeJS.ErrnoException | null) => end.hear(error ? `pong ${error.code}` : 'pong'))
        return
      case 'settings':
        if (told.isClosing) return
        told.settings[side]++
        model.touchSession(told)
        session.settings({ maxHeaderListSize: 60_000 + told.settings[side] }, error =>
          end.hear(error ? `acknowledged ${(error as NodeJS.ErrnoException).code}` : 'acknowledged'),
        )
        return
      case 'leave':
        if (this.#isOvertaken || this.#isHeld(told)) return
        told.isClosing = true
        model.touchSession(told)
        session.close()
        return
      case 'goaway':
        model.touchSession(told)
        told.isClosing = true
        session.goaway(act.code)
        if (act.code !== 0) this.#lose(told)
        return
      case 'destroySession':
        // Over TLS the GOAWAY of Node's arrives or does not.
        if (this.#isOvertaken || (this.stack.isSecure && this.world.patience > 0)) return
        told.destroyedBy = side
        this.#lose(told)
        if (act.withError) session.destroy(failure())
        else session.destroy()
        return
      case 'timeout':
        model.setSessionTimeout(told, side)
        session.setTimeout(TIMEOUT_MS)
        return
    }
  }

  /** Node's does not close while somebody has something to read. */
  #isHeld({ live }: SessionModel): boolean {
    return (
      this.world.patience > 0 && live.some(({ client, server, isPush }) => !client.reads || !(server.reads || isPush))
    )
  }

  #lose(session: SessionModel): void {
    session.hasFailed = true
    session.lose()
  }

  #request({ which, body, trailers }: Extract<Act, { kind: 'request' }>): void {
    const { model } = this
    const session = one(model.open, which)
    const end = session && this.sessions.client[session.index]
    if (session === undefined || end === undefined) return
    const { clientReads, serverReads } = this.#setting
    const told = model.request(session, body, trailers, { client: clientReads, server: serverReads })
    const headers = { ':method': body === 'none' ? 'GET' : 'POST', ':path': '/', 'x-id': told.id }
    const options = { endStream: body === 'none', waitForTrailers: trailers }
    let stream: builtIn.ClientHttp2Stream
    try {
      stream = (end.session as builtIn.ClientHttp2Session).request(headers, options)
    } catch (error) {
      // Node 20's way to refuse one.
      if (told.isRefused && (error as NodeJS.ErrnoException).code === 'ERR_HTTP2_GOAWAY_SESSION') return
      throw error
    }
    this.#addStream('client', told.id, stream, clientReads)
    send(stream, body)
  }

  #actOnStream(side: Side, act: Extract<Act, { which: number }>): void {
    const { model } = this
    const told = one(
      model.open
        .flatMap(({ live }) => live)
        .filter(stream => !this.streams[side].get(stream.id)?.isClosed && may(stream, side, act)),
      act.which,
    )
    const end = told && this.streams[side].get(told.id)
    if (told === undefined || end === undefined) return
    const stream = end.stream as builtIn.ServerHttp2Stream
    switch (act.kind) {
      case 'respond': {
        model.respond(told, act.body, act.trailers)
        stream.respond({ ':status': 200 }, { endStream: act.body === 'none', waitForTrailers: act.trailers })
        send(stream, act.body)
        return
      }
      case 'inform':
        model.inform(told, act.status)
        stream.additionalHeaders({ ':status': act.status })
        return
      case 'push':
        this.#push(told, stream, act.reads)
        return
      case 'write':
        model.write(told, side, act.size)
        stream.write(Buffer.alloc(act.size))
        return
      case 'end':
        model.end(told, side)
        stream.end()
        return
      case 'read':
        told[side].reads = true
        told[side].hasRead = true
        end.read()
        return
      case 'pause':
        told[side].reads = false
        stream.pause()
        return
      case 'close':
        if (this.#isOvertaken) return
        model.close(told, side, act.code)
        stream.close(act.code)
        return
      case 'destroy':
        if (this.#isOvertaken) return
        // RST_STREAM with NO_ERROR leaves what has arrived to be read.
        told.mustBeGone = act.withError
        if (act.withError) told.failed = side
        told.cut()
        stream.destroy(act.withError ? failure() : undefined)
        return
      case 'timeout':
        model.setTimeout(told, side)
        stream.setTimeout(TIMEOUT_MS)
    }
  }

  #push(parent: StreamModel, stream: builtIn.ServerHttp2Stream, reads: boolean): void {
    const told = this.model.push(parent, reads)
    stream.pushStream({ ':path': '/pushed', 'x-id': told.id, 'x-reads': reads ? '1' : '0' }, (error, pushed) => {
      if (error || pushed.destroyed) return
      this.#addStream('server', told.id, pushed, false)
      pushed.respond({ ':status': 200 })
      pushed.end(Buffer.alloc(BODY_LENGTH))
    })
  }

  async #finish(): Promise<void> {
    for (const end of [...this.streams.client.values(), ...this.streams.server.values()]) end.read()
    await this.#settle()
    for (const { session } of [...this.sessions.client, ...this.sessions.server]) session.destroy()
    if (!this.model.isServerClosed) this.#server.close()
    await this.#settle()
    this.#relay.close()
    await this.#settle()
  }
}

function send(stream: builtIn.Http2Stream, body: 'none' | 'whole' | 'open'): void {
  if (body === 'whole') stream.end(Buffer.alloc(BODY_LENGTH))
  else if (body === 'open') stream.write(Buffer.alloc(BODY_LENGTH))
}

function may(stream: StreamModel, side: Side, act: Act): boolean {
  const { isPush, server, session } = stream
  const end = stream[side]
  switch (act.kind) {
    case 'respond':
    case 'inform':
      return !isPush && !server.hasBegun
    case 'push':
      return !isPush && !server.hasEnded && !session.isClosing
    case 'write':
    case 'end':
      return end.hasBegun && !end.hasEnded
    case 'read':
      return !end.reads && (!isPush || side === 'client')
    case 'pause':
      return end.reads && !session.isClosing && (!isPush || side === 'client')
    case 'timeout':
      return !stream.isComplete
    case 'close':
      // Where the peer's bytes wait for the window, its stream in Node stays until the session ends.
      return act.code !== 0 || end.reads || stream[other(side)].sent < 60_000
    default:
      return true
  }
}

function one<T>(all: readonly T[], which: number): T | undefined {
  return all[which % all.length]
}

const failure = () => Object.assign(new Error('ours'), { code: 'EOURS' })
