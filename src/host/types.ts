// The host port: all that the stack needs from below. Real sockets, a simulated machine and a process's own memory
// implement the same few members, and nothing above asks which one it has.
//
// Rules that every host keeps (test/host/contract.ts holds each host against them):
// - Calls return at once. A sink's methods are never called from within a call on the same object: what a call brings
//   about is told later, on a turn of its own.
// - `onError` comes at most once, and `onClose` follows it. `onClose` is the last call, and comes exactly once.
// - After `destroy()` or `reset()` no `onData`, `onEnd`, `onDrain` or `onConnect` comes any more.
// - Callbacks rather than promises: what a sink throws is then an uncaught exception, not an unhandled rejection.

/** A machine on some network. */
export interface Host {
  /** For messages: `os`, `memory`, or a simulated machine's name. */
  readonly name: string
  readonly clock: Clock

  /** Opens a stream connection: TCP, or a pipe (UNIX path). Names are not resolved here: `address` is an IP address. */
  connect(target: ConnectTarget, sink: ConnectionSink): Connection
  /** Waits for stream connections. */
  listen(target: ListenTarget, sink: ListenerSink): Listener
  /** Takes a local address for streams without listening or connecting yet; only on hosts that can. Throws the system's error. */
  readonly reserve?: ((target: ReserveTarget) => BoundStream) | undefined
  /** Opens a UDP port. */
  bind(target: BindTarget, sink: DatagramSink): DatagramPort

  /**
   * What the machine's own name service says (hosts file, then whatever it is set up to ask), in its order.
   * Errors are Node's: `getaddrinfo ENOTFOUND name`, with `code`, `errno`, `syscall`, `hostname`.
   */
  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void
  /** The reverse: host name and service name of an address and port (getnameinfo). */
  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void
  /** `lookup` asks name servers by itself, as an operating system's does. Where it does not, dns asks them for it. */
  readonly asksNameServers?: boolean | undefined
  /** The name servers this machine asks: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
  nameServers(): string[]
  /** How they are asked; left out: as resolv.conf(5) has it by default. */
  resolverConfiguration?(): ResolverConfiguration | undefined
  interfaces(): HostInterface[]

  /**
   * Calls back where the runtime says that a handle is closed, had it been closed now: behind the ticks, microtasks and immediates of this
   * turn. Left out on hosts without such handles, which call back on a turn of its own.
   */
  readonly afterClosing?: ((callback: () => void) => void) | undefined

  /** Random bytes that may be used as keys, except on a host that is seeded on purpose. */
  random(size: number): Uint8Array
  /** `random` gives the same in every run, on purpose: keys may be drawn from it, and none of them is a secret. */
  readonly isSeeded?: boolean | undefined
  /** Runs `fn`, and all it starts, with this host as `currentHost()`. */
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
  /** `dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL`, as the runtime numbers them. */
  hints: number
}

/** What a machine's resolv.conf(5) says beside its name servers. */
export interface ResolverConfiguration {
  /** Domains that are put behind names with few dots. */
  readonly search: readonly string[]
  /** A name with so many dots is asked for as it is before the search list. */
  readonly ndots: number
  readonly timeoutMs: number | undefined
  /** How often each server is asked. */
  readonly attempts: number | undefined
  /** Questions go round the servers rather than to the first. */
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

/** One end of a connection or port, as it stands in addresses that Node reports. */
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
      /** Connects from what `reserve` gave, in place of the two above. */
      readonly from?: BoundStream | undefined
    }
  | { readonly kind: 'path'; readonly path: string }
  /** An open descriptor of this process. */
  | { readonly kind: 'fd'; readonly fd: number; readonly readable: boolean; readonly writable: boolean }
  /** An open handle that works as the runtime's own do: only a host that runs on that runtime can. */
  | { readonly kind: 'handle'; readonly handle: object; readonly readable: boolean; readonly writable: boolean }

/** A raw, ordered byte stream. */
export interface Connection {
  /** Who hears of data, end, drain, error, close. May be replaced while the connection is open. */
  sink: ConnectionSink

  /** Undefined until connected, and for pipes. What was read once stays readable after the end. */
  readonly local: Endpoint | undefined
  readonly remote: Endpoint | undefined
  readonly bytesRead: number
  /** Bytes given to `write`, sent or not. */
  readonly bytesWritten: number
  /** Bytes given to `write` that the layer below has not taken yet; above zero for good after a write has failed. */
  readonly bufferedBytes: number

  /**
   * Sends bytes, or text in the given encoding. The bytes must not change until they are sent.
   * @param done - called once they have left this process, or with the error that kept them
   * @returns false: enough waits here, go on after the sink's `onDrain`
   */
  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean
  /** Holds what is written until `uncork()`, to send it as one. Calls nest. */
  cork(): void
  uncork(): void
  /** Stops `onData` (and `onEnd`) and, before long, the peer. A connection starts paused: nothing is lost before `resume()`. */
  pause(): void
  resume(): void
  /** FIN after all that is queued. Reading goes on. */
  end(done?: WriteDone): void
  /** Closes at once; what is queued is dropped. */
  destroy(): void
  /** Closes at once with RST, where the network has one. */
  reset(): void

  /** Both do nothing on pipes. */
  setNoDelay(on: boolean): void
  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void
  /**
   * Gives up the runtime's own socket beneath, where there is one: for what can only be built on that. This object tells
   * nothing from then on, and must not be used. Undefined: there is none, or not any more.
   */
  readonly takeNative?: (() => object | undefined) | undefined
  /** The runtime's own handle beneath, where there is one and it shows it: programs ask for its descriptor and its id. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  /** The IP header's Type of Service byte; only on hosts that can. */
  readonly setTypeOfService?: ((tos: number) => void) | undefined
  readonly getTypeOfService?: (() => number) | undefined
  /** Whether this connection keeps the process alive. */
  ref(): void
  unref(): void
}

/** What the runtime's handles have in common, each where it has it. */
export interface RuntimeHandle {
  readonly fd?: number | undefined
  getAsyncId?(): number
  hasRef?(): boolean
  setBlocking?(on: boolean): number
}

export type TextEncoding = 'utf8' | 'latin1' | 'ascii' | 'utf16le' | 'hex' | 'base64' | 'base64url'
export type WriteDone = (error?: Error | null) => void

export interface ConnectionSink {
  /** For connections made by `connect`, once. Accepted ones are open from the start. */
  onConnect(): void
  /** The bytes are the receiver's to keep. */
  onData(chunk: Uint8Array): void
  /** The peer's FIN: nothing more comes. Our side stays open until `end()` or `destroy()`. */
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
  /** What `reserve` gave. */
  | { readonly kind: 'bound'; readonly bound: BoundStream; readonly backlog?: number | undefined }
  /** A handle of the runtime's own, as it takes them: only a host that runs on that runtime can. */
  | { readonly kind: 'handle'; readonly handle: object; readonly backlog?: number | undefined }

export interface Listener {
  /** An endpoint, a pipe's path, or null while not bound. */
  address(): Endpoint | string | null
  /** The runtime's own server beneath, where there is one: what its API calls a handle. */
  readonly native?: object | undefined
  /** The runtime's own handle, where there is one and it shows it. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  /** Stops accepting; open connections stay. `onClose` follows. */
  close(): void
  ref(): void
  unref(): void
}

export interface ListenerSink {
  onListening(): void
  /** The connection is paused; its `sink` is to be set before this returns. */
  onConnection(connection: Connection): void
  /** It could not be bound, or accepting failed. */
  onError(error: Error): void
  onClose(): void
  /**
   * What servers that share a port among processes have in common (keys of TLS tickets): the first one's is everybody's. Asked
   * for and told only where a cluster shares ports, before `onListening`. Goes from process to process: plain data.
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

/** A local address that is taken. */
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
   * What binding came to, where that is known at once; the sink is told all the same, on a turn of its own. A port that could not be
   * bound holds nothing: its sink hears `onError` and no more, and `close()` does nothing.
   */
  readonly bound: boolean | Error
  /** The runtime's own handle beneath, where there is one and it shows it. */
  readonly runtimeHandle?: RuntimeHandle | undefined
  address(): Endpoint
  remoteAddress(): Endpoint
  /**
   * @param to - left out on a connected port
   * @param done - left out: nobody hears of a failure
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

/** Time on this host. All timers and clocks of the stack go through it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds that only go forward, from an arbitrary start; has a fraction. */
  monotonic(): number
  /** Calls back once after `delayMs`. */
  setTimer(callback: () => void, delayMs: number): Timer
  /** Calls back when what is going on now, and its microtasks, are over, before any timer or I/O of a later turn. */
  setImmediate(callback: () => void): void
}

export interface Timer {
  /** Starts its delay anew. Also brings a timer that has run, or was cancelled never, back to life. */
  refresh(): void
  cancel(): void
  ref(): void
  unref(): void
}
