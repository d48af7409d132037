// Plays acts on a server and its peers, in whichever world and with whichever module, and writes down what everyone heard. Beside
// it runs the model, which says at each step what they must have heard.

import assert from 'node:assert/strict'
import type * as nodeHttp from 'node:http'
import type { Duplex } from 'node:stream'
import type net from '../../../src/net/index.ts'
import type { World } from '../world.ts'
import { type Act, message, type Setting } from './acts.ts'
import { HEADERS_TIMEOUT, KEEP_ALIVE_TIMEOUT, type PeerModel, REQUEST_TIMEOUT, ServerModel } from './model.ts'

type Socket = InstanceType<typeof net.Socket>
type Server = nodeHttp.Server

/** Which modules serve and connect. */
export interface Stack {
  createServer(options: nodeHttp.ServerOptions, listener: nodeHttp.RequestListener): Server
  connect(port: number, address: string): Socket
}

interface Peer {
  readonly socket: Socket
  readonly model: PeerModel
  text: string
  isClosed: boolean
}

const options = {
  headersTimeout: HEADERS_TIMEOUT,
  requestTimeout: REQUEST_TIMEOUT,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  connectionsCheckingInterval: 50,
}

export class Player {
  readonly #world: World
  readonly #stack: Stack
  readonly #setting: Setting
  readonly #server: Server
  readonly #model: ServerModel
  readonly #peers: Peer[] = []
  readonly #thrown: readonly unknown[]
  readonly #thrownBefore: number
  readonly #unanswered: nodeHttp.ServerResponse[] = []
  readonly #upgraded: Duplex[] = []
  #clientErrors = 0
  #closes = 0
  #port = 0

  /** @param thrown - what nobody has caught */
  constructor(world: World, stack: Stack, setting: Setting, thrown: readonly unknown[]) {
    this.#world = world
    this.#stack = stack
    this.#setting = setting
    this.#model = new ServerModel(setting)
    this.#thrown = thrown
    this.#thrownBefore = thrown.length
    this.#server = world.server(() => this.#makeServer())
  }

  /** @returns what each peer heard */
  async play(acts: readonly Act[]): Promise<string[]> {
    await this.#settle()
    this.#port = (this.#server.address() as { port: number }).port
    try {
      for (const act of acts) {
        await this.#perform(act)
        await this.#settle()
        await this.#check(act)
      }
      return this.#peers.map(({ text, isClosed }) => `${tokensOf(text).join(' ')}${isClosed ? ' closed' : ''}`)
    } finally {
      await this.#end()
    }
  }

  #makeServer(): Server {
    const server = this.#stack.createServer(options, (request, response) => this.#onRequest(request, response))
    const onUpgrade = (_request: unknown, socket: Duplex) => {
      this.#upgraded.push(socket)
      socket.on('error', () => {})
      socket.on('end', () => socket.end())
      socket.resume()
    }
    server.on('upgrade', onUpgrade)
    server.on('connect', onUpgrade)
    server.on('close', () => {
      this.#closes++
    })
    server.timeout = this.#setting.timeout
    if (this.#setting.errorMode !== 'no-listener') {
      server.on('clientError', (error: { code?: string } & Error, socket) => this.#onClientError(error, socket))
    }
    return server.listen(0)
  }

  #onRequest(request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse): void {
    request.on('error', () => {})
    request.resume()
    if (request.url === '/throw') throw new Error('from request')
    if (request.url === '/now') response.end('<now>')
    else {
      if (request.url === '/stream') response.write('<start>')
      if (request.url === '/patient') request.socket.setTimeout(0)
      this.#unanswered.push(response)
    }
  }

  #onClientError(error: { code?: string }, socket: Duplex): void {
    this.#clientErrors++
    if (this.#setting.errorMode === 'throws') {
      socket.destroy()
      throw new Error('from clientError')
    }
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return
    if (socket.writable) socket.end('HTTP/1.1 499 Answered\r\n\r\n')
  }

  async #perform(act: Act): Promise<void> {
    const model = this.#model
    switch (act.kind) {
      case 'connect':
        if (this.#peers.length < 3) this.#connect()
        break
      case 'answer':
        model.write('end', true)
        this.#unanswered.shift()?.end('<end>')
        break
      case 'write':
        model.write('piece', false)
        this.#unanswered[0]?.write('<piece>')
        break
      case 'release':
        model.release()
        this.#upgraded.shift()?.destroy()
        break
      case 'close-idle':
        model.closeIdle()
        this.#server.closeIdleConnections()
        break
      case 'close-all':
        model.closeAll()
        this.#server.closeAllConnections()
        break
      case 'close':
        if (model.isListening) this.#server.close()
        model.close()
        break
      case 'pass':
        await this.#pass(act.ms)
        break
      default:
        this.#performPeer(act)
    }
  }

  #performPeer(act: Extract<Act, { peer: number }>): void {
    const peer = this.#peers[act.peer % this.#peers.length]
    if (peer === undefined || peer.isClosed) return
    const { socket, model } = peer
    if (act.kind === 'send') {
      const names = this.#model.accept(model, act.names)
      if (names.length === 0) return
      const text = names.map(name => message(name).text).join('')
      const held = Math.min(act.held, text.length - 1)
      this.#model.receive(model, names, held)
      socket.write(text.slice(0, text.length - held), 'latin1')
    } else if (act.kind === 'send-rest') {
      if (model.held === 0) return
      const text = model.stream.map(({ text }) => text).join('')
      const rest = text.slice(text.length - model.held)
      this.#model.receiveRest(model)
      socket.write(rest, 'latin1')
    } else if (act.kind === 'end') {
      this.#model.end(model)
      socket.end()
    } else {
      this.#model.leave(model, act.kind === 'reset')
      if (act.kind === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
  }

  #connect(): void {
    const { serverAddress } = this.#world
    const socket = this.#world.client(() => this.#stack.connect(this.#port, serverAddress))
    const peer: Peer = { socket, model: this.#model.connect(), text: '', isClosed: false }
    this.#peers.push(peer)
    socket.on('data', (chunk: Buffer) => {
      peer.text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      peer.isClosed = true
    })
  }

  async #pass(ms: number): Promise<void> {
    await this.#world.pass(ms)
    this.#model.pass(ms)
    while (this.#model.isUnclear) {
      await this.#world.pass(100)
      this.#model.pass(100)
    }
  }

  async #settle(): Promise<void> {
    await this.#world.settle()
    this.#model.pass(5)
    if (this.#model.isUnclear) await this.#pass(100)
  }

  async #check(act: Act): Promise<void> {
    const model = this.#model
    const open = await new Promise<number>(done => void this.#server.getConnections((_error, count) => done(count)))
    const seen = {
      open,
      clientErrors: this.#clientErrors,
      thrown: this.#thrown.length - this.#thrownBefore,
      closes: this.#closes,
      peers: this.#peers.map(({ text, isClosed }) => [tokensOf(text), isClosed]),
    }
    const expected = {
      open: model.openConnections,
      clientErrors: model.clientErrors,
      thrown: model.thrown,
      closes: model.closes,
      peers: model.peers.map(({ heard, isOpen }) => [heard, !isOpen]),
    }
    assert.deepEqual(seen, expected, `after ${JSON.stringify(act)}`)
  }

  async #end(): Promise<void> {
    for (const { socket } of this.#peers) socket.destroy()
    for (const socket of this.#upgraded) socket.destroy()
    this.#server.close()
    this.#server.closeAllConnections()
    await this.#world.settle()
  }
}

/** Statuses, and what stands in angle brackets in the bodies. */
function tokensOf(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})|<(\w+)>/g)].map(([, status, token]) => status ?? (token as string))
}
