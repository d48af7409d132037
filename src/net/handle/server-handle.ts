// A listening server's handle, as far as programs reach for it: see handle.ts.

import { systemErrorNumber } from '../../core/system-errors.ts'
import { Handle } from '../../host/shown-handle.ts'
import type { Connection, Endpoint, Host, Listener, RuntimeHandle } from '../../host/types.ts'
import { errorOf } from '../errors.ts'
import { kConnection, kHost } from '../symbols.ts'
import type { StreamHandle } from './handle.ts'

interface Hosted {
  readonly [kHost]: Host
}

interface HandleServer extends Hosted {
  readonly _unref: boolean
}

class ServerHandle extends Handle {
  readonly #server: HandleServer
  #listener: Listener | null
  readonly #accept: (connection: Connection) => void

  constructor(server: HandleServer, listener: Listener, accept: (connection: Connection) => void) {
    super()
    this.#server = server
    this.#listener = listener
    this.#accept = accept
  }

  protected get beneath(): Listener | undefined {
    return this.#listener ?? undefined
  }

  protected get runtimeHandle(): RuntimeHandle | undefined {
    return this.#listener?.runtimeHandle
  }

  override hasRef(): boolean {
    return this.#listener !== null && (this.runtimeHandle?.hasRef?.() ?? !this.#server._unref)
  }

  get owner(): HandleServer {
    return this.#server
  }

  /** What `server.listen(handle)` takes. */
  get native(): object | undefined {
    return this.#listener?.native
  }

  getsockname(out: object): number {
    const address = this.#listener?.address() ?? null
    if (address === null) return systemErrorNumber('EBADF')
    if (typeof address === 'object') Object.assign(out, address)
    return 0
  }

  /** Accepts a connection. @param handle - the one that was passed to the program's own `onconnection` */
  onconnection(status: number, handle?: StreamHandle): void {
    const connection = handle?.[kConnection]
    if (status === 0 && connection) this.#accept(connection)
  }

  /** Connections that are open stay so. */
  close(callback?: () => void): void {
    const listener = this.#listener
    this.#listener = null
    listener?.close()
    if (callback === undefined || listener === null) return
    const host = this.#server[kHost]
    if (host.afterClosing) host.afterClosing(callback)
    else host.clock.setImmediate(callback)
  }
}

class TcpServerHandle extends ServerHandle {}
class PipeServerHandle extends ServerHandle {}
Object.defineProperty(TcpServerHandle, 'name', { value: 'TCP' })
Object.defineProperty(PipeServerHandle, 'name', { value: 'Pipe' })

export function serverHandle(
  server: HandleServer,
  listener: Listener,
  accept: (connection: Connection) => void,
): ServerHandle {
  const Class = typeof listener.address() === 'string' ? PipeServerHandle : TcpServerHandle
  return new Class(server, listener, accept)
}

/** An address as the program's own function has it. Throws the system's error that it returns. */
export function addressBy(getsockname: (out: object) => unknown): Endpoint {
  const out = {} as Endpoint
  const failure = errorOf(Number(getsockname(out) ?? 0), 'address')
  if (failure) throw failure
  return out
}
