// Carries acts out on one module of tls, in one world, and writes down what its sockets and its server heard.

import type nodeNet from 'node:net'
import type { AddressInfo, NetConnectOpts, Server, Socket } from 'node:net'
import type nodeTls from 'node:tls'
import type { SecureContext, TLSSocket } from 'node:tls'
import { makeCertificate } from '../../tls/certificates.ts'
import type { EndRef } from '../net/acts.ts'
import { End } from '../net/ends.ts'
import type { World } from '../world.ts'
import type { Plan, TlsAct, TlsSetting } from './acts.ts'
import { type Fate, outcome } from './outcome.ts'
import { Relay, type RelayNet } from './relay.ts'

export interface Stack {
  readonly tls: Pick<typeof nodeTls, 'connect' | 'createServer' | 'createSecureContext'>
  readonly net: Pick<typeof nodeNet, 'connect'>
  /** What carries the connections beneath. */
  readonly relays: RelayNet
}

type Done = (error: Error | null, context?: SecureContext) => void

/** Milliseconds. */
export const HANDSHAKE_TIMEOUT = 1000

const names = ['plain', 'later', 'later-error', 'error', 'throws', 'odd']
const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const own = makeCertificate({ name: 'server', altNames: names.map(name => `DNS:${name}.test`), issuer: authority })
const clients = makeCertificate({ name: 'client', issuer: authority })
const another = makeCertificate({ name: 'Another', isAuthority: true })

/** One client, the way to the server, and what came of it there. */
export interface Link {
  readonly plan: Plan
  readonly relay: Relay
  readonly client: End
  server: End | undefined
  /** As 'tlsClientError' told it. */
  refusal: string | undefined
  isAnswered: boolean
  readonly isResumed: boolean
  /** Something was done that the model of handshakes leaves out. */
  isDisturbed: boolean
  /** Since when the server waits for the handshake, by the time that the acts let pass. */
  readonly since: number
}

export class Stage {
  readonly links: Link[] = []
  /** In the order in which they were secured. */
  readonly accepted: End[] = []
  readonly below: Socket[] = []
  readonly serverLog: string[] = []
  readonly faults: string[] = []
  readonly refused: Socket[] = []
  passed = 0
  readonly #stack: Stack
  readonly #world: World
  readonly #setting: TlsSetting
  readonly #server: Server
  readonly #questions: { readonly servername: string; readonly answer: () => void }[] = []
  readonly #sessions = new Map<string, Buffer>()
  readonly #chosen: SecureContext
  #belowOpen = 0
  /** Refused and gone, so that nobody knows who it was: after a reset the system has forgotten the address. */
  #nameless = 0
  #port = 0
  #isListening = false
  #closes = 0

  constructor(stack: Stack, world: World, setting: TlsSetting) {
    this.#stack = stack
    this.#world = world
    this.#setting = setting
    this.#chosen = stack.tls.createSecureContext(this.#context)
    this.#server = world.server(() => this.#makeServer())
    const server = this.#server
    server.on('secureConnection', (socket: TLSSocket) => this.#accept(socket))
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => this.#refuse(error, socket))
    server.on('error', (error: NodeJS.ErrnoException) => this.serverLog.push(`error ${error.code}`))
    server.on('close', () => this.serverLog.push('close'))
    if (setting.watchesBelow) server.on('connection', (socket: Socket) => this.#watch(socket))
  }

  get clients(): End[] {
    return this.links.map(({ client }) => client)
  }

  async start(): Promise<void> {
    this.#listen()
    await this.settle()
  }

  async run(acts: readonly TlsAct[]): Promise<void> {
    for (const act of acts) await this.#act(act)
    await this.settle()
  }

  /** Everything is destroyed and closed. */
  async finish(): Promise<void> {
    await this.settle()
    for (const link of this.links) this.#disturb(link)
    for (const end of [...this.clients, ...this.accepted]) this.#cut(end, socket => socket.destroy())
    await this.settle()
    for (const { relay } of this.links) relay.close()
    await this.settle()
    if (this.#isListening) this.#close()
    await this.settle()
    const closed = this.serverLog.filter(event => event === 'close').length
    if (closed !== this.#closes) this.faults.push(`'close' of the server ${closed} times for ${this.#closes} calls`)
    if (this.#belowOpen !== 0) this.faults.push(`${this.#belowOpen} sockets of 'connection' never closed`)
  }

  async settle(): Promise<void> {
    await this.#world.settle()
    await this.#checkCount()
    for (const link of this.links) this.#checkFate(link)
  }

  /** What compares: all that was heard, but in which turns. */
  heard(): unknown {
    const told = ({ name, log, received }: End) => ({ name, log: upToFailure(log), received })
    const accepted = this.accepted.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return { clients: this.clients.map(told), accepted: accepted.map(told), server: this.serverLog.toSorted() }
  }

  end({ side, index }: EndRef): End | undefined {
    const ends = side === 'client' ? this.clients : this.accepted
    return ends[index % Math.max(1, ends.length)]
  }

  async #act(act: TlsAct): Promise<void> {
    switch (act.kind) {
      case 'connect':
        await this.#connect(act.plan)
        if (act.settles) await this.settle()
        return
      case 'break': {
        await this.settle()
        const link = this.links[act.index % Math.max(1, this.links.length)]
        if (link === undefined) return
        this.#disturb(link)
        for (const end of [link.client, link.server]) if (end) end.wasCut = true
        link.relay.break(act.how)
        // What is written meanwhile would race with it on real sockets.
        if (this.#world.patience > 0) await this.settle()
        return
      }
      case 'answer': {
        await this.settle()
        this.#questions.shift()?.answer()
        return
      }
      case 'close':
        // Whoever is on the way shall have come.
        await this.settle()
        if (this.#isListening) this.#close()
        return
      case 'listen':
        await this.settle()
        // One that waits for its connections to end may not listen again without ending twice.
        if (!this.#isListening && (await this.#count()) === 0) this.#listen()
        return
      case 'settle':
        await this.settle()
        return
      case 'pass':
        this.passed += act.milliseconds
        await this.#world.pass(act.milliseconds)
        return
      default: {
        const end = this.end(act.end)
        // What a cut loses of what is on its way is the system's affair.
        if (act.kind === 'destroy' || act.kind === 'destroySoon') await this.settle()
        if (end !== undefined) this.#actOn(end, act)
      }
    }
  }

  #actOn(end: End, act: Extract<TlsAct, { end: EndRef }>): void {
    const { socket } = end
    const link = this.links.find(({ client, server }) => client === end || server === end)
    switch (act.kind) {
      case 'write':
        // A write behind the end is an error of the stream's, which has tests of its own.
        if (socket.writable) end.write(act.size, act.pieces)
        return
      case 'end':
        if (link) this.#disturb(link)
        socket.end()
        return
      case 'destroySoon':
        if (link) this.#disturb(link)
        end.wasCut = true
        socket.destroySoon()
        return
      case 'destroy':
        if (link) this.#disturb(link)
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

  #disturb(link: Link): void {
    link.isDisturbed = true
  }

  get #context() {
    return { key: own.key, cert: own.cert, ca: authority.cert }
  }

  #makeServer(): Server {
    const { allowHalfOpen, pauseOnConnect, asksForContext, alpn, wantsCertificate } = this.#setting
    return this.#stack.tls.createServer({
      ...this.#context,
      allowHalfOpen,
      pauseOnConnect,
      handshakeTimeout: this.#world.patience > 0 ? undefined : HANDSHAKE_TIMEOUT,
      requestCert: wantsCertificate,
      noDelay: true,
      ...(asksForContext && { SNICallback: (name: string, done: Done) => this.#answerName(name, done) }),
      ...(alpn === 'list' && { ALPNProtocols: ['fits'] }),
      ...(alpn === 'callback' && {
        ALPNCallback: ({ protocols }: { protocols: string[] }) => answerProtocols(protocols[0] as string),
      }),
    })
  }

  #answerName(servername: string, done: Done): void {
    const ask = (answer: () => void) => this.#questions.push({ servername, answer })
    if (servername === 'plain.test') done(null)
    else if (servername === 'error.test') done(new Error('no such name'))
    else if (servername === 'odd.test') done(null, {} as never)
    else if (servername === 'throws.test') throw new Error('thrown')
    else ask(() => this.#answerLate(servername, done))
  }

  #answerLate(servername: string, done: Done): void {
    const link = this.links.find(({ plan, isAnswered }) => `${plan.name}.test` === servername && !isAnswered)
    if (link) link.isAnswered = true
    if (servername === 'later.test') done(null, this.#chosen)
    else done(new Error('no such name'))
  }

  #listen(): void {
    this.#isListening = true
    const { patience, serverAddress } = this.#world
    this.#world.server(() => this.#server.listen(this.#port, patience > 0 ? serverAddress : undefined))
    this.#server.once('listening', () => {
      this.#port = (this.#server.address() as AddressInfo).port
    })
  }

  #close(): void {
    this.#isListening = false
    this.#closes++
    this.#server.close()
  }

  #watch(socket: Socket): void {
    this.#belowOpen++
    this.below.push(socket)
    socket.on('close', () => this.#belowOpen--)
  }

  #linkOf(socket: Socket): Link | undefined {
    const { remotePort } = socket
    return this.links.find(({ relay }) => remotePort !== undefined && relay.farPort === remotePort)
  }

  #accept(socket: TLSSocket): void {
    const link = this.#linkOf(socket)
    if (link === undefined) {
      this.faults.push('secured of no client')
      socket.destroy()
      return
    }
    if (link.server ?? link.refusal) this.faults.push(`told twice of ${link.client.name}`)
    const end = new End(`server of ${link.client.name}`, socket)
    link.server = end
    this.accepted.push(end)
    end.log.push(`secureConnection ${socket.alpnProtocol} ${socket.isSessionReused()} ${socket.authorized}`)
    if (link.plan.destroyIn === 'secureConnection') this.#cut(end, () => socket.destroy())
  }

  #refuse({ code, message }: NodeJS.ErrnoException, socket: TLSSocket): void {
    const link = this.#linkOf(socket)
    const told = code ?? message
    this.refused.push(socket)
    this.serverLog.push(`tlsClientError ${told}`)
    if (link === undefined) {
      this.#nameless++
      return
    }
    if (link.server ?? link.refusal) this.faults.push(`told twice of ${link.client.name}: ${told}`)
    link.refusal = told
  }

  async #connect(plan: Plan): Promise<void> {
    const { tls, net, relays } = this.#stack
    const relay = new Relay(relays, this.#world, plan.cut)
    const opening = relay.open(this.#port)
    await this.#world.settle()
    const port = await opening
    const host = this.#world.serverAddress
    const key = `${plan.version} ${plan.name}`
    const session = plan.resumes && plan.trusts ? this.#sessions.get(key) : undefined
    const { hasCertificate, version, protocols, allowHalfOpen } = plan
    const socket = this.#world.client(() =>
      tls.connect({
        ...(plan.isOver
          ? { socket: net.connect({ port, host, noDelay: true, allowHalfOpen } as NetConnectOpts) }
          : { port, host }),
        servername: `${plan.name}.test`,
        ca: plan.trusts ? authority.cert : another.cert,
        minVersion: version,
        maxVersion: version,
        allowHalfOpen,
        ...(hasCertificate && { key: clients.key, cert: clients.cert }),
        ...(protocols !== 'none' && { ALPNProtocols: [protocols] }),
        ...(session && { session }),
      } as object),
    )
    // No segment waits for the acknowledgment of another one. As an option Node passes it over.
    socket.setNoDelay(true)
    const client = new End(`client ${this.links.length}`, socket, ['session'])
    const link: Link = {
      plan,
      relay,
      client,
      server: undefined,
      refusal: undefined,
      isAnswered: false,
      isResumed: session !== undefined,
      isDisturbed: !this.#isListening,
      since: this.passed,
    }
    this.links.push(link)
    this.#follow(link, socket, key)
    if (plan.early > 0) client.write(plan.early, 1)
  }

  #follow({ plan, client }: Link, socket: TLSSocket, key: string): void {
    socket.on('secureConnect', () => {
      client.log.push(`secureConnect ${socket.alpnProtocol} ${socket.isSessionReused()} ${socket.authorized}`)
    })
    socket.on('session', (session: Buffer) => this.#sessions.set(key, session))
    const { destroyIn } = plan
    if (destroyIn !== 'nowhere' && destroyIn !== 'secureConnection') {
      socket.on(destroyIn, () => this.#cut(client, () => socket.destroy()))
    }
  }

  /** The server counts exactly those that it accepted and that have not ended. */
  async #checkCount(): Promise<void> {
    const counted = await this.#count()
    const reached = this.links.filter(({ relay }) => relay.isConnected).length
    const open = reached - this.refused.length - this.accepted.filter(({ socket }) => socket.destroyed).length
    if (counted !== open) this.faults.push(`the server counts ${counted} connections, ${open} are open`)
  }

  #count(): Promise<number> {
    return new Promise<number>(resolve => this.#server.getConnections((_, count) => resolve(count)))
  }

  #checkFate(link: Link): void {
    if (link.isDisturbed) return
    const expected = outcome(link.plan, this.#setting, link)
    const { client, server, refusal } = link
    const clientFate: Fate =
      client.count('secureConnect') > 0 ? 'secured' : client.count('error') > 0 ? 'failed' : 'waiting'
    const serverFate: Fate = server !== undefined ? 'secured' : refusal !== undefined ? 'failed' : 'waiting'
    // Its time for the handshake may be over.
    const isLate = expected.server === 'waiting' && this.passed - link.since >= HANDSHAKE_TIMEOUT
    if (expected.client !== 'any' && !isLate && expected.client !== clientFate)
      this.faults.push(`${client.name} is ${clientFate}, not ${expected.client}`)
    if (expected.server === 'any') return
    const serverExpected = isLate ? 'failed' : expected.server
    if (serverExpected === 'failed' && this.#nameless > 0) return
    if (serverExpected !== serverFate)
      this.faults.push(`server of ${client.name} is ${serverFate}, not ${serverExpected}`)
    if (isLate && refusal !== 'ERR_TLS_HANDSHAKE_TIMEOUT') this.faults.push(`late, and yet ${refusal}`)
  }
}

/** An alert that comes after the handshake ends a connection of ours; with Node the program hears of it, and of the peer's end then. */
function upToFailure(log: readonly string[]): string[] {
  const failure = log.findIndex(event => event.startsWith('error'))
  return failure < 0 ? [...log] : log.slice(0, failure + 1)
}

/** Throws for one, gives what was not asked for of another. */
function answerProtocols(offered: string): string | undefined {
  if (offered === 'throws') throw new Error('thrown')
  return offered === 'other' ? undefined : 'fits'
}
