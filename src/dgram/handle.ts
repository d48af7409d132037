// A datagram socket's handle, as far as programs reach for it. Up to Node 24 it stands on the socket itself, with some more of its
// inside, each of which warns (DEP0112).

import { deprecate } from 'node:util'
import { systemErrorNumber } from '../core/system-errors.ts'
import { Handle } from '../host/shown-handle.ts'
import type { DatagramPort, Endpoint, RuntimeHandle } from '../host/types.ts'

/** What a socket keeps beneath, as far as its handle sees it. */
interface HandleState {
  readonly port: DatagramPort | undefined
  isClosed: boolean
  isReferenced: boolean
}

export class UDP extends Handle {
  readonly #state: HandleState

  constructor(state: HandleState) {
    super()
    this.#state = state
  }

  get #port(): DatagramPort | undefined {
    const { port } = this.#state
    return port?.bound === true ? port : undefined
  }

  protected get beneath(): DatagramPort | undefined {
    return this.#port
  }

  protected get runtimeHandle(): RuntimeHandle | undefined {
    return this.#state.port?.runtimeHandle
  }

  // The socket asks its state, so that a handle which is not bound yet counts as well.

  override ref(): void {
    this.#state.isReferenced = true
    super.ref()
  }

  override unref(): void {
    this.#state.isReferenced = false
    super.unref()
  }

  override hasRef(): boolean {
    return !this.#state.isClosed && this.#state.isReferenced
  }

  /** As in Node, the socket is not notified. */
  close(callback?: () => void): void {
    this.#port?.close()
    if (callback) process.nextTick(callback)
  }

  /** Ours receives from binding on. */
  recvStart(): number {
    return 0
  }

  recvStop(): number {
    return 0
  }

  getsockname(out: object): number {
    return fill(out, () => this.#port?.address())
  }

  getpeername(out: object): number {
    return fill(out, () => this.#port?.remoteAddress())
  }

  getSendQueueSize(): number {
    return this.#port?.getSendQueueSize() ?? 0
  }

  getSendQueueCount(): number {
    return this.#port?.getSendQueueCount() ?? 0
  }
}

function fill(out: object, address: () => Endpoint | undefined): number {
  try {
    const found = address()
    if (found === undefined) return systemErrorNumber('EBADF')
    Object.assign(out, found)
    return 0
  } catch (error) {
    return (error as { errno?: number }).errno ?? systemErrorNumber('ENOTCONN')
  }
}

interface ShownState {
  readonly handle: UDP | null
  readonly bindState: 'unbound' | 'binding' | 'bound'
  readonly isClosed: boolean
  queue: (() => void)[] | undefined
  readonly options: { readonly reuseAddr?: boolean | undefined }
}

/** What of a socket's inside older Nodes show on it. */
const shown: Readonly<Record<string, (state: ShownState) => unknown>> = {
  _handle: state => state.handle,
  _receiving: state => state.bindState === 'bound' && !state.isClosed,
  _bindState: state => ['unbound', 'binding', 'bound'].indexOf(state.bindState),
  _queue: state => state.queue,
  _reuseAddr: state => state.options.reuseAddr,
}

/** @param checkRunning - throws where the socket is closed */
export function showInside<S extends object>(
  prototype: S,
  stateOf: (socket: S) => ShownState,
  checkRunning: (socket: S) => void,
): void {
  const old = <F extends (this: S, ...args: never[]) => unknown>(name: string, fn: F): F =>
    deprecate(fn, `Socket.prototype.${name} is deprecated`, 'DEP0112')
  for (const [name, read] of Object.entries(shown)) {
    Object.defineProperty(prototype, name, {
      get: old(name, function (this: S) {
        return read(stateOf(this))
      }),
      // A value that a program assigns is visible to the program, but has no effect.
      set: old(name, function (this: S, value: unknown) {
        Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true })
      }),
      configurable: false,
      enumerable: false,
    })
  }
  const methods = {
    _healthCheck: old('_healthCheck()', function (this: S) {
      checkRunning(this)
    }),
    _stopReceiving: old('_stopReceiving()', () => undefined),
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: true })
  }
}
