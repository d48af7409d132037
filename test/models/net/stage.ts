// Carries acts out on one module of net, in one world, and writes down what its sockets heard.

import { once } from 'node:events'
import nodeNet, { type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net'
import type { World } from '../world.ts'
import type { EndRef, Moment, NetAct } from './acts.ts'
import { End } from './ends.ts'

export type Net = Pick<typeof nodeNet, 'Socket' | 'createServer'>

export interface StageOptions {
  readonly allowHalfOpen: boolean
  readonly pauseOnConnect: boolean
}

export class Stage {
  readonly clients: End[] = []
  readonly accepted: End[] = []
  readonly serverLog: string[] = []
  readonly faults: string[] = []
  /** Orders of events around a destroy(). */
  readonly orders: string[][] = []
  dropped = 0
  readonly #net: Net
  readonly #world: World
  readonly #server: Server
  /** Not in virtual time. */
  get #isReal(): boolean {
    return this.#world.serverAddress === '127.0.0.1'
  }

  #port = 0
  #most: number | undefined
  #isListening = false
  #closes = 0
  /** Ends that were cut off before the sequence was over. */
  #cutEarly: ReadonlySet<End> = new Set()

  constructor(net: Net, world: World, options: StageOptions) {
    this.#net = net
    this.#world = world
    this.#server = world.server(() => net.createServer(options))
    const server = this.#server
    server.on('connection', socket => this.#accept(socket))
    server.on('drop', () => this.dropped++)
    server.on('listening', () => this.serverLog.push('listening'))
    server.on('error', (error: NodeJS.ErrnoException) => this.serverLog.push(`error ${error.code}`))
    server.on('close', () => this.serverLog.push('close'))
  }

  async start(): Promise<void> {
    this.#listen()
    await this.settle()
  }

  async run(acts: readonly NetAct[]): Promise<void> {
    for (const act of acts) await this.#act(act)
    await this.settle()
  }

  /** Everything is destroyed and closed. */
  async finish(): Promise<void> {
    await this.settle()
    this.#cutEarly = new Set([...this.clients, ...this.accepted].filter(({ wasCut }) => wasCut))
    for (const end of [...this.clients, ...this.accepted]) this.#cut(end, socket => socket.destroy())
    await this.settle()
    if (this.#isListening) this.#close()
    await this.settle()
    const closed = this.serverLog.filter(event => event === 'close').length
    if (closed !== this.#closes) this.faults.push(`'close' of the server ${closed} times for ${this.#closes} calls`)
  }

  async settle(): Promise<void> {
    await this.#world.settle()
    await this.#checkCount()
  }

  /** What compares: all that was heard, but in which turns, and how much of what was on its way when an end was cut off. */
  heard(): unknown {
    const told = (end: End) => {
      const { name, log, received } = end
      return { name, log, received: this.#isWhole(end) ? received : undefined }
    }
    const { clients, accepted, serverLog, dropped, orders } = this
    return { clients: clients.map(told), accepted: accepted.map(told), serverLog, dropped, orders }
  }

  #isWhole(end: End): boolean {
    const cutEarly = [...this.#cutEarly]
    return !cutEarly.some(cut => cut === end || (cut.localPort === end.remotePort && cut.localPort !== undefined))
  }

  end({ side, index }: EndRef): End | undefined {
    const ends = side === 'client' ? this.clients : this.accepted
    return ends[index % Math.max(1, ends.length)]
  }

  async #act(act: NetAct): Promise<void> {
    switch (act.kind) {
      case 'connect':
        this.#connect(act)
        return
      case 'limit':
        this.#most = act.most
        this.#server.maxConnections = act.most as number
        return
      case 'close':
        if (this.#isListening) this.#close()
        return
      case 'listen':
        await this.settle()
        // One that waits for its connections to end may not listen again without ending twice.
        if (!this.#isListening && this.accepted.every(({ isClosed }) => isClosed)) this.#listen()
        return
      case 'settle':
        await this.settle()
        return
      case 'pass':
        await this.#world.pass(act.milliseconds)
        return
      case 'destroyConnecting':
        await this.settle()
        this.orders.push(await this.#order(act.moment, act.withError))
        await this.settle()
        return
      case 'reconnect':
        await this.#reconnect()
        return
      default: {
        const end = this.end(act.end)
        // A real reset races with the bytes before it: how many get through is the system's affair.
        if (this.#isReal && cutting.has(act.kind)) await this.settle()
        if (end !== undefined) this.#actOn(end, act)
      }
    }
  }

  #actOn(end: End, act: Extract<NetAct, { end: EndRef }>): void {
    const { socket } = end
    switch (act.kind) {
      case 'write':
        // A write behind the end is an error of the stream's, which has tests of its own.
        if (socket.writable) end.write(act.size, act.pieces)
        return
      case 'end':
        socket.end()
        return
      case 'destroySoon':
        end.wasCut = true
        socket.destroySoon()
        return
      case 'reset':
        // With its FIN on the way node:net says EINVAL, and 'close' never.
        if (socket.writableEnded && !socket.writableFinished) return
        this.#cut(end, () => !socket.destroyed && socket.resetAndDestroy())
        return
      case 'destroy':
        this.#cut(end, () =>
          socket.destroy(act.withError ? Object.assign(new Error('ours'), { code: 'EOURS' }) : undefined),
        )
        return
      case 'timeout':
        socket.setTimeout(act.milliseconds)
        return
      default:
        socket[act.kind]()
    }
  }

  #cut(end: End, how: (socket: Socket) => void): void {
    end.wasCut = true
    how(end.socket)
  }

  #listen(): void {
    this.#isListening = true
    const { serverAddress } = this.#world
    this.#world.server(() => this.#server.listen(this.#port, serverAddress === '127.0.0.1' ? serverAddress : undefined))
    this.#server.once('listening', () => {
      this.#port = (this.#server.address() as AddressInfo).port
    })
  }

  #close(): void {
    this.#isListening = false
    this.#closes++
    this.#server.close()
  }

  #accept(socket: Socket): void {
    const open = this.accepted.filter(end => !end.socket.destroyed).length
    if (this.#most !== undefined && open >= this.#most)
      this.faults.push(`accepted ${open + 1} of at most ${this.#most}`)
    const end = new End(`server ${this.accepted.length}`, socket)
    end.learnPorts()
    this.accepted.push(end)
  }

  #connect({ allowHalfOpen, byName, families }: Extract<NetAct, { kind: 'connect' }>): void {
    const socket = this.#world.client(() => new this.#net.Socket({ allowHalfOpen }))
    this.clients.push(new End(`client ${this.clients.length}`, socket))
    const options: NetConnectOpts = { port: this.#port, host: this.#world.serverAddress }
    this.#world.client(() =>
      socket.connect(byName && options.host === '127.0.0.1' ? { ...options, ...named(families) } : options),
    )
  }

  /** The server counts exactly those that it accepted and that are not destroyed. */
  async #checkCount(): Promise<void> {
    const counted = await new Promise<number>(resolve => this.#server.getConnections((_, count) => resolve(count)))
    const open = this.accepted.filter(end => !end.socket.destroyed).length
    if (counted !== open) this.faults.push(`the server counts ${counted} connections, ${open} are open`)
  }

  async #reconnect(): Promise<void> {
    await this.settle()
    if (!this.#isListening || this.#most !== undefined) return
    const socket = new this.#net.Socket()
    const log: string[] = []
    for (const event of ['connect', 'close']) socket.on(event, () => log.push(event))
    socket.connect(this.#port, '127.0.0.1')
    await this.settle()
    socket.destroy().connect(this.#port, '127.0.0.1')
    await this.settle()
    this.orders.push([...log, socket.readyState])
    socket.destroy()
    await this.settle()
  }

  /** Destroys a socket on its way, among ticks, microtasks and immediates. */
  async #order(moment: Moment, withError: boolean): Promise<string[]> {
    const log: string[] = [moment]
    const socket = new this.#net.Socket()
    socket.on('error', (error: NodeJS.ErrnoException) => log.push(`error ${error.code}`))
    for (const event of ['connect', 'ready', 'lookup', 'close', 'connectionAttemptFailed'])
      socket.on(event, () => log.push(event))
    let isOver = () => {}
    const over = new Promise<void>(resolve => {
      isOver = resolve
    })
    const destroy = () => {
      socket.destroy(withError ? Object.assign(new Error('ours'), { code: 'EOURS' }) : undefined)
      process.nextTick(() => log.push('tick'))
      queueMicrotask(() => log.push('microtask'))
      setImmediate(() => {
        log.push('immediate')
        setImmediate(isOver)
      })
    }
    // A listener of its own: whether one that is given up so early had begun to connect is not what compares.
    const listener = nodeNet.createServer(accepted => accepted.resume().on('error', () => {})).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    // Nobody listens at port 1.
    const options = {
      port: moment === 'failure' ? 1 : port,
      host: '127.0.0.1',
      ...(moment === 'lookup' ? named(1) : undefined),
    }
    if (moment === 'lookup' || moment === 'connect') socket.once(moment, destroy)
    else if (moment === 'failure') socket.once('connectionAttemptFailed', destroy)
    if (moment !== 'before') socket.connect(options)
    if (moment === 'before' || moment === 'at once') destroy()
    else if (moment === 'tick') process.nextTick(destroy)
    await over
    listener.close()
    await once(listener, 'close')
    return log
  }
}

const cutting: ReadonlySet<NetAct['kind']> = new Set(['destroy', 'destroySoon', 'reset'])

type Found = (error: null, addresses: unknown, family?: number) => void

/** A name whose look-up answers on a turn of its own. */
function named(families: 1 | 2): object {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ].slice(0, families)
  return {
    host: 'name.test',
    lookup: (_name: string, { all }: { all?: boolean }, found: Found) =>
      setImmediate(() => (all ? found(null, addresses) : found(null, '127.0.0.1', 4))),
  }
}
