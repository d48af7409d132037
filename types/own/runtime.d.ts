// What Node's network API takes from the runtime's globals. A program's libraries (`lib: dom`, another runtime's types) may
// or may not declare them: where they do, theirs are meant.

/// <reference lib="es2020" />
/// <reference lib="esnext.disposable" />

/** An error of the operating system's, or one with a code of Node's. */
export interface ErrnoException extends Error {
  errno?: number | undefined
  code?: string | undefined
  path?: string | undefined
  syscall?: string | undefined
}

export type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Declared } }
  ? Declared
  : AbortSignalShape

interface AbortSignalShape {
  readonly aborted: boolean
  readonly reason: any
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: (event: any) => void, options?: any): void
  removeEventListener(type: 'abort', listener: (event: any) => void, options?: any): void
}

/** Of fetch. */
export type Headers = typeof globalThis extends { Headers: { prototype: infer Declared } } ? Declared : HeadersShape

interface HeadersShape {
  get(name: string): string | null
  has(name: string): boolean
  forEach(callback: (value: string, name: string) => void): void
  keys(): Iterable<string>
}

type Constructor = new (...args: any) => any

/** Undefined at run time where the runtime has none. */
export type WebSocketConstructor = typeof globalThis extends { WebSocket: infer Declared } ? Declared : Constructor
export type CloseEventConstructor = typeof globalThis extends { CloseEvent: infer Declared } ? Declared : Constructor
export type MessageEventConstructor = typeof globalThis extends { MessageEvent: infer Declared }
  ? Declared
  : Constructor

/** `crypto.X509Certificate`, as far as the network modules give it. */
export interface X509Certificate {
  readonly subject: string
  readonly issuer: string
  readonly subjectAltName: string | undefined
  readonly infoAccess: string | undefined
  readonly keyUsage: string[]
  readonly serialNumber: string
  readonly validFrom: string
  readonly validTo: string
  readonly validFromDate: Date
  readonly validToDate: Date
  readonly fingerprint: string
  readonly fingerprint256: string
  readonly fingerprint512: string
  readonly ca: boolean
  readonly raw: Uint8Array
  checkHost(name: string, options?: any): string | undefined
  checkEmail(email: string, options?: any): string | undefined
  checkIP(ip: string): string | undefined
  checkIssued(issuer: any): boolean
  checkPrivateKey(key: any): boolean
  verify(key: any): boolean
  toLegacyObject(): any
  toJSON(): string
  toString(): string
}
