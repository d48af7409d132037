// socket.connect(): from the user's options to an open Connection. Validates, looks the name up, and runs the attempts;
// which comes next is the FamilyRace's decision.

import { invalidArgType, invalidArgValue, missingArgs, systemError } from '../../core/errors.ts'
import { ipVersion } from '../../core/ip.ts'
import {
  validateBoolean,
  validateFunction,
  validateInt32,
  validateNumber,
  validatePort,
  validateString,
} from '../../core/validate.ts'
import { ADDRCONFIG, lookup as systemLookup } from '../../dns/internal.ts'
import { ownMethod } from '../../host/shown-handle.ts'
import type { BoundStream, Connection, ConnectionSink, ConnectTarget, Host, Timer } from '../../host/types.ts'
import type { AnyOptions } from '../arguments.ts'
import type { BlockList } from '../block-list.ts'
import { FamilyRace, interleaveFamilies, type RaceHandler } from '../engine/family-race.ts'
import { aggregateError, errorOf, invalidAddressFamily, invalidIpAddress, ipBlocked } from '../errors.ts'
import { getDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout } from '../family-defaults.ts'
import { kHandle } from '../symbols.ts'
import { BareConnection } from './bare-connection.ts'

/** The socket that connects, as far as connecting sees it. */
export interface ConnectingSocket {
  connecting: boolean
  blockList?: Pick<BlockList, 'check'>
  autoSelectFamilyAttemptedAddresses?: string[]
  readonly [kHandle]?: object | undefined
  emit(event: string, ...args: unknown[]): boolean
  destroy(error?: Error): unknown
}

/** Notified of an attempt's success. */
export interface AttemptResult {
  onConnected(connection: Connection): void
}

interface Destination {
  readonly address: string
  /** 4 or 6; undefined for a pipe. */
  readonly family: number | undefined
  readonly port: number | undefined
}

interface TcpOptions {
  readonly host: string
  readonly port: number
  readonly localAddress: string | undefined
  readonly localPort: number | undefined
  readonly family: unknown
  readonly hints: number
  readonly lookup: LookupFunction
  readonly autoSelectFamily: boolean
  readonly attemptDelayMs: number
}

type LookupFunction = (hostname: string, options: AnyOptions, callback: (...args: unknown[]) => void) => void

/** One call of `connect()`: look-up and attempts, until one wins, all fail, or it is cancelled. */
export class ConnectAttempt implements RaceHandler {
  readonly #socket: ConnectingSocket
  readonly #host: Host
  readonly #result: AttemptResult
  #destinations: readonly Destination[] = []
  #local: Pick<TcpOptions, 'localAddress' | 'localPort'> = { localAddress: undefined, localPort: undefined }
  #race: FamilyRace | undefined
  #timer: Timer | undefined
  #isRef = true
  readonly #errors: Error[] = []
  /** Running attempts by number. */
  readonly #running = new Map<number, Connection>()
  /** Connections that have not closed: those that run, were given up, or have failed just now. */
  #unclosed = 0
  #onClosed: (() => void) | undefined
  #isPipe = false
  /** Not by its socket's state alone: that one may be connecting again. */
  #wasCancelled = false

  readonly #from: BoundStream | undefined

  constructor(socket: ConnectingSocket, host: Host, result: AttemptResult, from?: BoundStream) {
    this.#socket = socket
    this.#from = from
    this.#host = host
    this.#result = result
  }

  /** It connects from an address that was taken before. */
  get isBound(): boolean {
    return this.#from !== undefined
  }

  get isCancelled(): boolean {
    return this.#wasCancelled || !this.#socket.connecting
  }

  /** Whether it keeps the process alive. */
  get isRef(): boolean {
    return this.#isRef
  }

  get isPipe(): boolean {
    return this.#isPipe
  }

  /** Pipes connect at once, without a turn between: `connectionAttempt` comes before `connect()` returns. */
  connectPath(path: string): void {
    this.#isPipe = true
    this.#try([{ address: path, family: undefined, port: undefined }])
  }

  connectTcp(options: TcpOptions): void {
    this.#local = options
    const family = ipVersion(options.host)
    if (family === 0) this.#lookUp(options)
    else process.nextTick(() => this.#try([{ address: options.host, family, port: options.port }]))
  }

  ref(): void {
    this.#isRef = true
    for (const connection of this.#running.values()) connection.ref()
  }

  unref(): void {
    this.#isRef = false
    for (const connection of this.#running.values()) connection.unref()
  }

  /**
   * Abandons all attempts, without an error or event.
   * @param closed - called when a handle given up now has closed, which is never at once
   */
  cancel(closed?: () => void): void {
    this.#wasCancelled = true
    this.#race?.cancel()
    this.#timer?.cancel()
    for (const connection of this.#running.values()) connection.destroy()
    this.#running.clear()
    if (closed === undefined) return
    const host = this.#host
    if (this.#unclosed > 0) this.#onClosed = closed
    else if (host.afterClosing) host.afterClosing(closed)
    else host.clock.setImmediate(closed)
  }

  #lookUp(options: TcpOptions): void {
    const { host, port, family, lookup } = options
    const lookupOptions: AnyOptions = { family: numericFamily(family), hints: options.hints }
    const isOneFamily = lookupOptions['family'] === 4 || lookupOptions['family'] === 6
    if (process.platform !== 'win32' && !isOneFamily && options.hints === 0) lookupOptions['hints'] = ADDRCONFIG
    const all = options.autoSelectFamily && !this.isBound && !isOneFamily && !options.localAddress
    if (all) lookupOptions['all'] = true
    let hasAnswer = false
    lookup(host, lookupOptions, (error, found, foundFamily) => {
      // A user's function may call back twice; the first answer counts.
      if (hasAnswer) return
      hasAnswer = true
      // It may have been destroyed meanwhile; a look-up cannot be called back.
      if (all) {
        if (!this.isCancelled) this.#receiveAll(error, found, options)
        return
      }
      this.#socket.emit('lookup', error, found, foundFamily, host)
      if (this.isCancelled) return
      const failure = error ? (error as Error) : whyUnusable(found, foundFamily, host, port)
      if (failure) process.nextTick(() => this.#socket.destroy(failure))
      else this.#try([{ address: found as string, family: foundFamily as number, port }])
    })
  }

  #receiveAll(error: unknown, found: unknown, { host, port }: TcpOptions): void {
    if (error) {
      this.#socket.emit('lookup', error, undefined, undefined, host)
      process.nextTick(() => this.#socket.destroy(error as Error))
      return
    }
    const usable: { address: string; family: number }[] = []
    const list = found as { address: string; family: number }[]
    for (const { address, family } of list) {
      this.#socket.emit('lookup', error, address, family, host)
      if (this.isCancelled) return
      if (!whyUnusable(address, family, host, port)) usable.push({ address, family })
    }
    if (usable.length === 0) {
      const failure = whyUnusable(list[0]?.address, list[0]?.family, host, port)
      process.nextTick(() => this.#socket.destroy(failure))
      return
    }
    const order = interleaveFamilies(usable)
    if (order.length > 1) this.#socket.autoSelectFamilyAttemptedAddresses = []
    this.#try(order.map(destination => ({ ...destination, port })))
  }

  #delayMs = 0

  set attemptDelayMs(delayMs: number) {
    this.#delayMs = delayMs
  }

  #try(destinations: readonly Destination[]): void {
    if (this.isCancelled) return
    this.#destinations = destinations
    this.#race = new FamilyRace(destinations.length, this.#delayMs, this)
    this.#race.start(this.#host.clock.monotonic())
    this.#armTimer()
  }

  #armTimer(): void {
    const race = this.#race
    this.#timer?.cancel()
    this.#timer = undefined
    if (!race || race.deadline === Number.POSITIVE_INFINITY) return
    const { clock } = this.#host
    this.#timer = clock.setTimer(
      () => {
        // A timer may fire a fraction early; the deadline has been reached all the same.
        race.expire(Math.max(clock.monotonic(), race.deadline))
        this.#armTimer()
      },
      Math.max(0, race.deadline - clock.monotonic()),
    )
  }

  onAttempt(index: number): void {
    const destination = this.#destinations[index]
    if (!destination) return
    const { address, family, port } = destination
    const socket = this.#socket
    socket.emit('connectionAttempt', address, port, family)
    if (this.isCancelled) return
    socket.autoSelectFamilyAttemptedAddresses?.push(`${address}:${port}`)
    if (family !== undefined && socket.blockList?.check(address, `ipv${family as 4 | 6}`)) {
      this.#fail(index, ipBlocked(address), this.#host.clock.monotonic())
      return
    }
    const own = ownMethod(socket[kHandle], family === 6 ? 'connect6' : 'connect')
    if (own !== undefined) {
      this.#connectBy(own, index)
      return
    }
    const connection = this.#host.connect(this.#target(destination), new AttemptSink(this, index, this.#host))
    if (!this.#isRef) connection.unref()
    this.#running.set(index, connection)
    this.#unclosed++
  }

  /** The program has put a function of its own on the handle: it says when there is a connection, of which we know nothing. */
  #connectBy(connect: (...args: unknown[]) => unknown, index: number): void {
    const { address, port } = this.#destinations[index] as Destination
    const sink = new AttemptSink(this, index, this.#host)
    const bare = new BareConnection(this.#host)
    bare.sink = sink
    this.#running.set(index, bare)
    this.#unclosed++
    const oncomplete = (status: number) => {
      if (this.isCancelled || !this.#running.has(index)) return
      const failure = errorOf(status, 'connect', address, port)
      if (failure) {
        bare.destroy()
        sink.onError(failure)
      } else sink.onConnect()
    }
    const status = Number(connect({ oncomplete, address, port }, address, port) ?? 0)
    if (status < 0) oncomplete(status)
  }

  onSlow(index: number): void {
    const { address, port, family } = this.#destinations[index] ?? {}
    this.#socket.emit('connectionAttemptTimeout', address, port, family)
    if (this.isCancelled) this.cancel()
  }

  onWon(index: number): void {
    const winner = this.#running.get(index)
    this.#running.delete(index)
    this.#unclosed--
    this.cancel()
    if (winner) this.#result.onConnected(winner)
  }

  onLost(): void {
    const [error] = this.#errors
    this.cancel()
    this.#socket.destroy(this.#errors.length > 1 ? aggregateError(this.#errors) : error)
  }

  receiveConnected(index: number): void {
    this.#race?.receiveConnected(index)
  }

  receiveFailure(index: number, error: Error, startedAt: number): void {
    if (this.#running.delete(index)) this.#fail(index, error, startedAt)
  }

  receiveClosed(): void {
    if (--this.#unclosed === 0) this.#onClosed?.()
  }

  #fail(index: number, error: Error, startedAt: number): void {
    const { address, port, family } = this.#destinations[index] ?? {}
    const now = this.#host.clock.monotonic()
    if (this.#destinations.length > 1) Object.assign(error, { durationMs: Math.round(now - startedAt) })
    this.#errors.push(error)
    if (this.#destinations.length === 1) {
      // Where there was no choice of addresses, Node no longer connects when it says that this one has failed.
      this.#socket.connecting = false
      this.#socket.emit('connectionAttemptFailed', address, port, family, error)
      this.onLost()
      return
    }
    this.#socket.emit('connectionAttemptFailed', address, port, family, error)
    if (this.isCancelled) return
    this.#race?.receiveFailure(index, now)
    if (!this.isCancelled) this.#armTimer()
  }

  #target({ address, family, port }: Destination): ConnectTarget {
    if (family === undefined) return { kind: 'path', path: address }
    return { kind: 'tcp', address, port: port ?? 0, from: this.#from, ...this.#local }
  }
}

/** The sink of one attempt's connection, until the attempt has won or failed. */
class AttemptSink implements ConnectionSink {
  readonly #attempt: ConnectAttempt
  readonly #index: number
  readonly #startedAt: number

  constructor(attempt: ConnectAttempt, index: number, host: Host) {
    this.#attempt = attempt
    this.#index = index
    this.#startedAt = host.clock.monotonic()
  }

  onConnect(): void {
    this.#attempt.receiveConnected(this.#index)
  }

  onError(error: Error): void {
    this.#attempt.receiveFailure(this.#index, error, this.#startedAt)
  }

  onData(): void {}
  onEnd(): void {}
  onDrain(): void {}

  /** Closed from below without an error: it has failed all the same. */
  onClose(): void {
    this.#attempt.receiveFailure(this.#index, systemError('ECONNABORTED', 'connect'), this.#startedAt)
    this.#attempt.receiveClosed()
  }
}

/** Checks what `connect()` was given, and fills in Node's defaults. Throws Node's errors. */
export function completeTcpOptions(options: AnyOptions): TcpOptions {
  const { localAddress, localPort, family, hints, lookup } = options
  const host = options['host'] || 'localhost'
  validateString(host, 'options.host')
  if (host.includes('\0')) throw invalidArgValue('options.host', host, 'must be a string without null bytes')
  if (localAddress && ipVersion(String(localAddress)) === 0) throw invalidIpAddress(localAddress)
  if (localPort) validateNumber(localPort, 'options.localPort')
  const { port } = options
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw invalidArgType('options.port', ['number', 'string'], port)
    }
    validatePort(port)
  }
  let { autoSelectFamily, autoSelectFamilyAttemptTimeout: delayMs } = options
  if (autoSelectFamily != null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily')
  else autoSelectFamily = getDefaultAutoSelectFamily()
  if (delayMs != null) validateInt32(delayMs, 'options.autoSelectFamilyAttemptTimeout', 1)
  else delayMs = getDefaultAutoSelectFamilyAttemptTimeout()
  if (ipVersion(host) === 0 && lookup != null) validateFunction(lookup, 'options.lookup')
  return {
    host,
    port: Number(port) | 0,
    localAddress: localAddress ? String(localAddress) : undefined,
    localPort: localPort ? (localPort as number) : undefined,
    family,
    hints: typeof hints === 'number' ? hints : 0,
    lookup: (lookup as LookupFunction | undefined) ?? (systemLookup as unknown as LookupFunction),
    autoSelectFamily: autoSelectFamily as boolean,
    attemptDelayMs: Math.max(LEAST_ATTEMPT_DELAY_MS, delayMs as number),
  }
}

/** `{}`: neither a port nor a path. */
export function requireDestination(options: AnyOptions): void {
  if (options['port'] === undefined && options['path'] == null) throw missingArgs(['options', 'port', 'path'])
}

function numericFamily(family: unknown): unknown {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : family
}

function whyUnusable(address: unknown, family: unknown, host: unknown, port: unknown): Error | undefined {
  if (typeof address !== 'string' || ipVersion(address) === 0) return invalidIpAddress(address)
  if (family !== 4 && family !== 6) return invalidAddressFamily(family, host, port)
  return undefined
}

/** Node's own floor for `autoSelectFamilyAttemptTimeout`; RFC 8305 section 5 asks for no less. */
const LEAST_ATTEMPT_DELAY_MS = 10
