// The host port: the interface of all that the stack needs from below. The operating system, a simulated machine and a process's
// own memory implement the same few members, and the code above is unaware of which one it has.
//
// Rules that every host keeps (test/host/contract.ts tests each host against them):
// - Calls return at once. A sink's methods are never called from within a call on the same object: the sink is notified of a
//   call's effects later, on a turn of its own.
// - `onError` is called at most once, and `onClose` follows it. `onClose` is the last call, and is made exactly once.
// - After `destroy()` or `reset()` neither `onData`, `onEnd`, `onDrain` nor `onConnect` is called any more.
// - Callbacks rather than promises: an error that a sink throws is then an uncaught exception, not an unhandled rejection.

/** A machine on some network. */
export interface Host {
  /** Used in messages: `os`, `memory`, or a simulated machine's name. */
  readonly name: string
  readonly clock: Clock

  /** Opens a stream connection: TCP, or a pipe (UNIX path). Names are not resolved here: `address` is an IP address. */
  connect(target: ConnectTarget, sink: ConnectionSink): Connection
  /** Listens for stream connections. */
  listen(target: ListenTarget, sink: ListenerSink): Listener
  /** Binds a local address for streams without listening or connecting yet; undefined on hosts that cannot. Throws the system's error. */
  readonly reserve?: ((target: ReserveTarget) => BoundStream) | undefined
  /** Opens a UDP port. */
  bind(target: BindTarget, sink: DatagramSink): DatagramPort

  /**
   * Looks a name up in the machine's own name service (hosts file, then the sources it is configured to use), in its order.
   * Errors are Node's: `getaddrinfo ENOTFOUND name`, with `code`, `errno`, `syscall`, `hostname`.
   */
  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void
  /** The reverse: host name and service name of an address and port (getnameinfo). */
  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void
  /** `lookup` queries name servers itself, as an operating system's does. Where it does not, the dns module queries them. */
  readonly asksNameServers?: boolean | undefined
  /** The machine's configured name servers: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
  nameServers(): string[]
  /** The resolver's other settings; left out: the defaults of resolv.conf(5). */
  resolverConfiguration?(): ResolverConfiguration | undefined
  interfaces(): HostInterface[]

  /**
   * Calls back at the time at which the runtime would report the close of a handle that is closed now: after the ticks, microtasks
   * and immediates of this turn. Left out on hosts without such handles; callers use `clock.setImmediate` there.
   */
  readonly afterClosing?: ((callback: () => void) => void) | undefined

  /** Random bytes, fit for keys except on a seeded host. */
  random(size: number): Uint8Array
  /** `random` gives the same bytes in every run, on purpose: keys may be drawn from it, but they are not secret. */
  readonly isSeeded?: boolean | undefined
  /** Runs `fn`, and all the work it starts, with this host as `currentHost()`. */
  run<T>(fn: () => T): T
}

export type IpFamily = 4 | 6

export interface HostAddress {
  address: string
  family: IpFamily
}

export interface LookupOptions {
  /** 0: both. */
  family: 0 | IpFamily
  /** `dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL`, with the runtime's values. */
  hints: number
}

/** The settings of a machine's resolv.conf(5) beside its name servers. */
export interface ResolverConfiguration {
  /** Domains that are appended to names. */
  readonly search: readonly string[]
  /** A name with at least this many dots is queried as it is before the search list is tried. */
  readonly ndots: number
  readonly timeoutMs: number | undefined
  /** How many times each server is queried. */
  readonly attempts: number | undefined
  /** Queries start with each server in turn rather than always with the first. */
  readonly rotate: boolean
}

export interface HostInterface {
  name: string
  address: string
  family: IpFamily
  /** Bits of the network part. */
  prefixLength: number
  mac: string
  internal: boolean
}

/** The address of one end of a connection or port, in the form in which Node reports it. */
export interface Endpoint {
  address: string
  family: 'IPv4' | 'IPv6'
  port: number
}

export type ConnectTarget =
  | {
      readonly kind: 'tcp'
      readonly address: string
      readonly port: number
      readonly localAddress?: string | undefined
      readonly localPort?: number | undefined
      /** Connects from an address that `reserve` has bound, in place of the two above. */
      readonly from?: BoundStream | undefined
    }
  | { readonly kind: 'path'; readonly path: string }
  /** An open descriptor of this process. */
  | { readonly kind: 'fd'; readonly fd: number; readonly readable: boolean; readonly writable: boolean }
  /** An open handle with the methods of the runtime's own: only for a host built on that runtime. */
  | { readonly kind: 'handle'; readonly handle: object; readonly readable: boolean; readonly writable: boolean }

/** A raw, ordered byte stream. */
export interface Connection {
  /** Notified of data, end, drain, error and close. May be replaced while the connection is open. */
  sink: ConnectionSink

  /** Undefined until connected, and for pipes. A value that was read once stays readable after the close. */
  readonly local: Endpoint | undefined
  readonly remote: Endpoint | undefined
  readonly bytesRead: number
  /** Bytes passed to `write`, sent or not. */
  readonly bytesWritten: number
  /** Bytes passed to `write` that the layer below has not accepted yet; stays above zero after a write has failed. */
  readonly bufferedBytes: number

  /**
   * Sends bytes, or text in the given encoding. The bytes must not change until they are sent.
   * @param done - called once they have left this process, or with the error that prevented it
   * @returns false: the queue is above the high-water mark, and the caller should wait for the sink's `onDrain`
   */
  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean
  /** Queues writes until `uncork()`, to send them as one. Calls nest. */
  cork(): void
  uncork(): void
  /** Stops `onData` and `onEnd` and, by flow control, the peer. A connection starts paused: nothing is lost before `resume()`. */
  pause(): void
  resume(): void
  /** Sends FIN after the queued bytes. Reading continues. */
  end(done?: WriteDone): void
  /** Closes at once; queued bytes are dropped. */
  destroy(): void
  /** Closes at once with RST, where the network has one. */
  reset(): void

  /** Both do nothing on pipes. */
  setNoDelay(on: boolean): void
  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void
  /**
   * Gives up the runtime's own socket beneath, if there is one, to code that can only be built on that. This object calls its sink
   * no more, and must not be used any more. Undefined: there is none, or it cannot be given up any more.
   */
  readonly takeNative?: (() => object | undefined) | undefined
  /** The runtime's own handle beneath, if there is one and the runtime shows it: programs read its descriptor and async id. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  /** The IP header's Type of Service byte; undefined on hosts that cannot set it. */
  readonly setTypeOfService?: ((tos: number) => void) | undefined
  readonly getTypeOfService?: (() => number) | undefined
  /** Makes this connection keep the process alive, or not. */
  ref(): void
  unref(): void
}

/** The members of the runtime's handles that the stack uses; not every handle has each of them. */
export interface RuntimeHandle {
  readonly fd?: number | undefined
  getAsyncId?(): number
  hasRef?(): boolean
  setBlocking?(on: boolean): number
}

export type TextEncoding = 'utf8' | 'latin1' | 'ascii' | 'utf16le' | 'hex' | 'base64' | 'base64url'
export type WriteDone = (error?: Error | null) => void

export interface ConnectionSink {
  /** Called once on connections made by `connect`. Accepted ones are open from the start. */
  onConnect(): void
  /** The receiver may retain the bytes. */
  onData(chunk: Uint8Array): void
  /** The peer's FIN: no more data follows. Our side stays open until `end()` or `destroy()`. */
  onEnd(): void
  onDrain(): void
  onError(error: Error): void
  onClose(hadError: boolean): void
}

export type ListenTarget =
  | {
      readonly kind: 'tcp'
      /** An IP address; undefined: all addresses, both families where the machine has both. */
      readonly address: string | undefined
      /** 0: any free one. */
      readonly port: number
      readonly backlog?: number | undefined
      readonly ipv6Only?: boolean | undefined
      readonly reusePort?: boolean | undefined
      /** Not shared among the workers of a cluster. */
      readonly exclusive?: boolean | undefined
    }
  | {
      readonly kind: 'path'
      readonly path: string
      readonly backlog?: number | undefined
      readonly readableAll?: boolean | undefined
      readonly writableAll?: boolean | undefined
      readonly exclusive?: boolean | undefined
    }
  | { readonly kind: 'fd'; readonly fd: number; readonly backlog?: number | undefined }
  /** An address that `reserve` has bound. */
  | { readonly kind: 'bound'; readonly bound: BoundStream; readonly backlog?: number | undefined }
  /** A handle that the runtime's own `listen` accepts: only for a host built on that runtime. */
  | { readonly kind: 'handle'; readonly handle: object; readonly backlog?: number | undefined }

export interface Listener {
  /** An endpoint, a pipe's path, or null while not bound. */
  address(): Endpoint | string | null
  /** The runtime's own server beneath, if there is one: the runtime's `listen(handle)` accepts it. */
  readonly native?: object | undefined
  /** The runtime's own handle, if there is one and the runtime shows it. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  /** Stops accepting; open connections stay. `onClose` follows. */
  close(): void
  ref(): void
  unref(): void
}

export interface ListenerSink {
  onListening(): void
  /** The connection is paused; the callee has to set its `sink` before it returns. */
  onConnection(connection: Connection): void
  /** The address could not be bound, or accepting a connection failed. */
  onError(error: Error): void
  onClose(): void
  /**
   * Data common to the servers of several processes that share a port (the keys of TLS tickets): all use the first server's. Both
   * are called only where a cluster shares ports, before `onListening`. It is sent between processes, so it has to be plain data.
   */
  sharedData?(): unknown
  onSharedData?(data: unknown): void
}

export type ReserveTarget =
  | {
      readonly kind: 'tcp'
      readonly address: string
      /** 0: any free one. */
      readonly port: number
      readonly ipv6Only: boolean
      readonly reusePort: boolean
    }
  | { readonly kind: 'path'; readonly path: string }

/** A bound local address. */
export interface BoundStream {
  /** An endpoint, or a pipe's path. */
  address(): Endpoint | string
  /** -1 where there are no descriptors. */
  fd(): number
  close(): void
}

export interface BindTarget {
  readonly family: IpFamily
  /** An IP address; undefined: all of that family. */
  readonly address?: string | undefined
  readonly port?: number | undefined
  readonly reuseAddr?: boolean | undefined
  readonly reusePort?: boolean | undefined
  readonly ipv6Only?: boolean | undefined
  readonly exclusive?: boolean | undefined
  readonly recvBufferSize?: number | undefined
  readonly sendBufferSize?: number | undefined
  /** An open descriptor of this process, in place of address and port. */
  readonly fd?: number | undefined
}

/** A UDP port. Methods throw the system's error at once where Node's do. */
export interface DatagramPort {
  /**
   * The result of binding, where it is known at once; the sink is notified all the same, on a later turn. A port that could not be
   * bound holds no resources: its sink gets `onError` and nothing else, and `close()` does nothing.
   */
  readonly bound: boolean | Error
  /** The runtime's own handle beneath, if there is one and the runtime shows it. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  address(): Endpoint
  remoteAddress(): Endpoint
  /**
   * @param to - left out on a connected port
   * @param done - left out: a failure is ignored
   */
  send(chunks: readonly Uint8Array[], to: { address: string; port: number } | undefined, done?: SendDone): void
  connect(address: string, port: number, done: (error: Error | null) => void): void
  /** The same, with the failure thrown. */
  connectSync(address: string, port: number): void
  disconnect(): void
  close(): void
  setBroadcast(on: boolean): void
  setTtl(ttl: number): void
  setMulticastTtl(ttl: number): void
  setMulticastLoopback(on: boolean): void
  setMulticastInterface(address: string): void
  addMembership(group: string, interfaceAddress?: string): void
  dropMembership(group: string, interfaceAddress?: string): void
  addSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void
  dropSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void
  getRecvBufferSize(): number
  setRecvBufferSize(bytes: number): void
  getSendBufferSize(): number
  setSendBufferSize(bytes: number): void
  /** Bytes and datagrams that wait to be sent. */
  getSendQueueSize(): number
  getSendQueueCount(): number
  ref(): void
  unref(): void
}

export type SendDone = (error: Error | null, bytes: number) => void

export interface DatagramSink {
  /** Bound: `address()` is known. */
  onListening(): void
  onMessage(message: Uint8Array, from: Endpoint): void
  onError(error: Error): void
  onClose(): void
}

/** Time on this host. All timers and clocks of the stack use it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since an arbitrary start, with fractions; never decreases. */
  monotonic(): number
  /** Calls back once after `delayMs`. */
  setTimer(callback: () => void, delayMs: number): Timer
  /** Calls back after the running code and its microtasks, and before any timer or I/O of a later turn. */
  setImmediate(callback: () => void): void
}

export interface Timer {
  /** Restarts the delay. Also rearms a timer that has fired, but not one that was cancelled. */
  refresh(): void
  cancel(): void
  ref(): void
  unref(): void
}
