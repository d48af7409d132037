// Plays acts on a client with an agent and its peers, in whichever world and with whichever module, and holds what everyone heard
// against the model after each.

import assert from 'node:assert/strict'
import type nodeHttp from 'node:http'
import type { Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { Retained } from '../retained.ts'
import type { World } from '../world.ts'
import type { Act, Saying, Setting } from './acts.ts'
import { ClientModel, type ConnectionModel, type RequestModel } from './model.ts'

export interface Stack {
  makeAgent(options: nodeHttp.AgentOptions): nodeHttp.Agent
  request(options: object): nodeHttp.ClientRequest
  /** A connection can be reset: one over TLS cannot, in Node. */
  readonly canReset: boolean
  /**
   * Node's own: 'close' of a request whose answer is read after its connection has gone comes twice, and what becomes of a
   * connection that was opened for a request which has been destroyed meanwhile is another thing in each version.
   */
  readonly isNodes: boolean
  /** Serves connections whose bytes are handed over in the clear. */
  listen(onConnection: (socket: Socket) => void): { port(): number; close(): void }
}

/** In no declaration. */
type CountingAgent = nodeHttp.Agent & { readonly totalSocketCount: number }

interface Peer {
  readonly socket: Socket
  text: string
  isClosed: boolean
}

interface Exchange {
  readonly request: nodeHttp.ClientRequest
  readonly model: RequestModel
  readonly heard: string[]
  response: nodeHttp.IncomingMessage | undefined
  closes: number
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n'
const texts: Readonly<Record<Exclude<Saying, 'fin' | 'reset'>, string>> = {
  continue: 'HTTP/1.1 100 Continue\r\n\r\n',
  information: 'HTTP/1.1 103 Early Hints\r\n\r\n',
  whole: `${head}\r\nbody`,
  half: `${head}\r\nbo`,
  rest: 'dy',
  'whole-close': `${head}Connection: close\r\n\r\nbody`,
  'whole-fin': `${head}\r\nbody`,
  switching: 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'until-end': 'HTTP/1.1 200 OK\r\n\r\nbo',
  garbage: 'no answer',
}

export class Player {
  readonly #world: World
  readonly #stack: Stack
  readonly #setting: Setting
  readonly #model: ClientModel
  readonly #server: { port(): number; close(): void }
  readonly #agent: nodeHttp.Agent
  readonly #peers: Peer[] = []
  readonly #exchanges: Exchange[] = []
  readonly #retained = new Retained()

  constructor(world: World, stack: Stack, setting: Setting) {
    this.#world = world
    this.#stack = stack
    this.#setting = setting
    this.#model = new ClientModel(setting)
    this.#server = world.server(() => stack.listen(socket => this.#onConnection(socket)))
    const { keepAlive, maxSockets, maxFreeSockets, agentTimeout } = setting
    const timeout = agentTimeout || undefined
    this.#agent = world.client(() => stack.makeAgent({ keepAlive, maxSockets, maxFreeSockets, timeout } as object))
  }

  /** @returns what is still held in memory once all is over */
  async play(acts: readonly Act[]): Promise<Retained> {
    await this.#world.settle()
    try {
      for (const act of acts) {
        await this.#perform(act)
        await this.#world.settle()
        this.#model.pass(5)
        while (this.#model.isUnclear) await this.#pass(50)
        await this.#check(act)
      }
    } finally {
      await this.#end()
    }
    return this.#retained
  }

  #onConnection(socket: Socket): void {
    const peer: Peer = { socket, text: '', isClosed: false }
    this.#peers.push(peer)
    socket.on('data', (chunk: Buffer) => {
      peer.text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      peer.isClosed = true
    })
  }

  async #perform(act: Act): Promise<void> {
    const model = this.#model
    switch (act.kind) {
      case 'ask':
        this.#ask(act)
        break
      case 'finish': {
        const held = this.#exchanges.find(({ model }) => !model.isFinished && !model.isDestroyed)
        if (held === undefined) break
        model.finish(held.model)
        held.request.end('c')
        break
      }
      case 'read': {
        const unread = this.#exchanges.find(({ model, response }) => response && !model.isReading)
        if (unread === undefined) break
        model.read(unread.model)
        unread.response?.resume()
        break
      }
      case 'destroy':
        this.#destroy(act.which, act.withError)
        break
      case 'destroy-agent':
        model.destroyAgent()
        this.#agent.destroy()
        break
      case 'say':
        this.#say(act.which, act.what)
        break
      case 'disturb': {
        const idle = model.free[act.which % model.free.length]
        if (idle === undefined) break
        model.disturb(idle)
        this.#peerOf(idle).socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        break
      }
      case 'pass':
        await this.#pass(act.ms)
        break
    }
  }

  #ask({ sending, reads }: Extract<Act, { kind: 'ask' }>): void {
    const model = this.#model.ask(sending, reads)
    const { requestTimeout } = this.#setting
    const options = {
      host: this.#world.serverAddress,
      port: this.#server.port(),
      path: `/${model.id}`,
      method: sending === 'get' || sending === 'guarded' ? 'GET' : 'POST',
      agent: this.#agent,
      ...(requestTimeout > 0 && { timeout: requestTimeout }),
    }
    const request = this.#world.client(() => this.#stack.request(options))
    const exchange: Exchange = { request, model, heard: [], response: undefined, closes: 0 }
    this.#exchanges.push(exchange)
    this.#retained.add(request)
    this.#listen(exchange)
    if (sending === 'guarded') request.on('socket', socket => socket.once('connect', () => request.destroy()))
    if (sending === 'held') request.write('ab')
    else if (sending === 'whole') request.end('abc')
    else request.end()
  }

  #listen(exchange: Exchange): void {
    const { request, heard, model } = exchange
    for (const event of ['continue', 'timeout']) request.on(event, () => heard.push(event))
    request.on('close', () => {
      if (exchange.closes++ === 0 || !this.#stack.isNodes) heard.push('close')
    })
    request.on('information', ({ statusCode }) => heard.push(`information ${statusCode}`))
    request.on('error', error => heard.push(`error ${codeOf(error)}`))
    request.on('response', response => {
      heard.push('response')
      exchange.response = response
      this.#retained.add(response)
      response.on('end', () => heard.push('end'))
      response.on('aborted', () => heard.push('aborted'))
      response.on('error', error => heard.push(`response error ${codeOf(error)}`))
      if (model.reads) response.resume()
    })
  }

  #destroy(which: number, withError: boolean): void {
    // Left out: an answer that is there already, of which Node 20 and later ones differ; and one that only the connection's end
    // ends: with an error, Node takes what has come for the whole of it.
    const able = this.#exchanges
      .filter(({ model }) => !model.isDestroyed && !model.isComplete && model.connection?.endsBody !== true)
      .filter(({ model }) => model.connection !== null || !this.#stack.isNodes)
    const exchange = able[which % able.length]
    if (exchange === undefined) return
    this.#model.destroy(exchange.model, withError ? 'MINE' : undefined)
    if (withError) exchange.request.destroy(Object.assign(new Error('mine'), { code: 'MINE' }))
    else exchange.request.destroy()
  }

  #say(which: number, what: Saying): void {
    if (what === 'reset' && !this.#stack.canReset) return
    // Whether the next in line takes the connection before its end is noticed depends on what lies beneath.
    if (what === 'whole-fin' && this.#model.queue.length > 0) return
    const able = this.#model.used.filter(connection => canSay(connection, what))
    const connection = able[which % able.length]
    if (connection === undefined) return
    const { socket } = this.#peerOf(connection)
    this.#model.say(connection, what)
    if (what === 'reset') socket.resetAndDestroy()
    else {
      if (what !== 'fin') socket.write(texts[what])
      if (/fin|close/.test(what)) socket.end()
    }
  }

  /** By the last request that it brought. */
  #peerOf(connection: ConnectionModel): Peer {
    const path = new RegExp(`(?:GET|POST) /${connection.served.at(-1)} HTTP`)
    return this.#peers.find(({ text, isClosed }) => !isClosed && path.test(text)) as Peer
  }

  async #pass(ms: number): Promise<void> {
    await this.#world.pass(ms)
    this.#model.pass(ms)
  }

  async #check(act: Act): Promise<void> {
    // In the real world, where loopback is slow now and then, what is not there yet may come.
    for (let round = 0; round < this.#world.patience && !isDeepStrictEqual(this.#seen, this.#expected); round++) {
      await this.#world.settle()
    }
    assert.deepEqual(this.#seen, this.#expected, `after ${JSON.stringify(act)}`)
  }

  get #seen() {
    const { sockets, freeSockets, requests, totalSocketCount } = this.#agent as CountingAgent
    return {
      counts: [countOf(sockets), countOf(freeSockets), countOf(requests), totalSocketCount],
      heard: this.#exchanges.map(({ heard }) => heard),
      served: this.#peers.map(({ text }) => idsIn(text)).filter(hasSome),
      open: this.#peers.filter(({ isClosed }) => !isClosed).length,
    }
  }

  get #expected() {
    const { used, free, queue, open, requests, connections } = this.#model
    return {
      counts: [used.length, free.length, queue.length, open.length],
      heard: requests.map(({ heard }) => heard),
      served: connections.map(({ served }) => served).filter(hasSome),
      open: open.length,
    }
  }

  async #end(): Promise<void> {
    // Those that still wait would be given new connections.
    for (const { request } of this.#exchanges) request.destroy()
    this.#agent.destroy()
    this.#exchanges.length = 0
    await this.#world.settle()
    this.#agent.destroy()
    for (const { socket } of this.#peers) socket.destroy()
    this.#server.close()
    await this.#world.settle()
  }
}

function canSay({ owner, endsBody }: ConnectionModel, what: Saying): boolean {
  if (owner === null) return false
  const { hasResponse, isComplete, isFinished } = owner
  if (what === 'fin') return true
  if (what === 'reset') return !endsBody
  if (what === 'rest') return hasResponse && !isComplete && !endsBody
  // An answer that ends the connection before the request has been sent is another story.
  if (/close|fin|until/.test(what) && !isFinished) return false
  return !hasResponse
}

const idsIn = (text: string) => [...text.matchAll(/(?:GET|POST) \/(\d+) HTTP/g)].map(([, id]) => Number(id))

/** A connection that was opened for a request which has been destroyed meanwhile may never have been accepted. */
const hasSome = (ids: readonly number[]) => ids.length > 0

const countOf = (sets: NodeJS.ReadOnlyDict<readonly unknown[]>) =>
  Object.values(sets).reduce((sum, set) => sum + (set?.length ?? 0), 0)

const codeOf = (error: Error) => (error as { code?: string }).code ?? error.message
