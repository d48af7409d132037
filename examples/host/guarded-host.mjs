// A host around another: connections and datagrams reach only the addresses on a list. What looks names up, listens and tells the time
// is the host inside. docs/writing-a-host.md goes through it.

import { Duplex } from 'node:stream'
import { duplexConnection, runWithHost } from 'plainwire/host'

/** @implements {import('plainwire/host').Host} */
export class GuardedHost {
  #inner
  #allowed

  /** @param allowed - a `net.BlockList`, read as the list of what may be reached */
  constructor(inner, allowed) {
    this.#inner = inner
    this.#allowed = allowed
    this.name = `guarded ${inner.name}`
    this.clock = inner.clock
    // Each of these may be missing on the host inside, and is then missing here.
    this.asksNameServers = inner.asksNameServers
    this.isSeeded = inner.isSeeded
    this.reserve = inner.reserve?.bind(inner)
    this.afterClosing = inner.afterClosing?.bind(inner)
    this.resolverConfiguration = inner.resolverConfiguration?.bind(inner)
  }

  connect(target, sink) {
    // Paths, descriptors and handles lead past any list of addresses.
    if (target.kind === 'tcp' && this.#mayReach(target.address)) return this.#inner.connect(target, sink)
    return failedConnection(refusal('connect', target.address ?? target.kind, target.port), sink)
  }

  bind(target, sink) {
    const port = this.#inner.bind(target, sink)
    const { send, connect, connectSync } = port
    // An error is reported on a later turn, never from within the call.
    const fail = (done, error) => this.clock.setImmediate(() => done?.(error, 0))
    port.send = (chunks, to, done) => {
      if (to === undefined || this.#mayReach(to.address)) send.call(port, chunks, to, done)
      else fail(done, refusal('send', to.address, to.port))
    }
    port.connect = (address, number, done) => {
      if (this.#mayReach(address)) connect.call(port, address, number, done)
      else fail(done, refusal('connect', address, number))
    }
    port.connectSync = (address, number) => {
      if (!this.#mayReach(address)) throw refusal('connect', address, number)
      connectSync.call(port, address, number)
    }
    return port
  }

  run(fn) {
    return runWithHost(this, fn)
  }

  listen = (target, sink) => this.#inner.listen(target, sink)
  lookup = (name, options, done) => this.#inner.lookup(name, options, done)
  lookupService = (address, port, done) => this.#inner.lookupService(address, port, done)
  nameServers = () => this.#inner.nameServers()
  interfaces = () => this.#inner.interfaces()
  random = size => this.#inner.random(size)

  #mayReach(address) {
    return this.#allowed.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
  }
}

/** A connection that fails on the next turn: `onError`, then `onClose`. */
function failedConnection(error, sink) {
  const stream = new Duplex({ read() {}, write() {} })
  const connection = duplexConnection(stream, sink)
  stream.destroy(error)
  return connection
}

/** The error that the operating system gives where a firewall forbids it. */
function refusal(syscall, address, port) {
  const error = new Error(`${syscall} EACCES ${address}${port === undefined ? '' : `:${port}`}`)
  return Object.assign(error, { code: 'EACCES', errno: -13, syscall, address, port })
}
