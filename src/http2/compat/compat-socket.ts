// `request.socket` and `response.socket`: the connection as one request sees it: what ends it ends the stream, what only
// looks goes to the socket. Node's documentation, "request.socket".

import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { noSocketManipulation } from '../errors.ts'
import type { Http2Stream } from '../stream/http2-stream.ts'
import { kProxySocket, kRequest, kStream } from '../symbols.ts'

/** As Node declares it; over a stream that a program has brought along it is that stream. */
export type CompatSocket = Socket | TLSSocket

/** What the compatibility API hangs on a stream. */
export interface CompatStream extends Http2Stream {
  [kProxySocket]?: object | null
  [kRequest]?: (Readable & { readonly stream: object }) | undefined
}

export function compatSocket(stream: Http2Stream): CompatSocket {
  const shown = stream as CompatStream
  shown[kProxySocket] ??= new Proxy(stream, handler)
  return shown[kProxySocket] as CompatSocket
}

const ofStream = new Set<PropertyKey>(['on', 'once', 'end', 'emit', 'destroy', 'writable', 'destroyed'])
const forbidden = new Set<PropertyKey>(['write', 'read', 'pause', 'resume'])

const handler: ProxyHandler<Http2Stream> = {
  has(stream, property) {
    return property in stream || property in socketOf(stream)
  },
  get(stream, property) {
    if (forbidden.has(property)) throw noSocketManipulation()
    if (property === 'readable') {
      if (stream.destroyed) return false
      return ((stream as CompatStream)[kRequest] ?? stream).readable
    }
    const target = targetOf(stream, property)
    const value: unknown = Reflect.get(target, property)
    return typeof value === 'function' ? value.bind(target) : value
  },
  getPrototypeOf(stream) {
    return Reflect.getPrototypeOf(socketOf(stream))
  },
  set(stream, property, value) {
    if (forbidden.has(property)) throw noSocketManipulation()
    return Reflect.set(property === 'readable' ? stream : targetOf(stream, property), property, value)
  },
}

function targetOf(stream: Http2Stream, property: PropertyKey): object {
  if (property === 'setTimeout') return stream.session ?? stream
  return ofStream.has(property) ? stream : socketOf(stream)
}

function socketOf(stream: Http2Stream): object {
  return stream[kStream].session?._socket() ?? stream
}
