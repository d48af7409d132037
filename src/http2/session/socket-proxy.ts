// `session.socket`: gives access to the socket's properties, but not to reading and writing, which would break the framing.
// Node's documentation, "http2session.socket".

import type { Duplex } from 'node:stream'
import { noSocketManipulation, socketUnbound } from '../errors.ts'
import type { OwningSession } from './owning-session.ts'

/** Methods that the session implements in place of the socket. */
const ofSession = new Set<PropertyKey>(['setTimeout', 'ref', 'unref', 'destroy'])

const forbidden = new Set<PropertyKey>([
  'emit',
  'end',
  'pause',
  'read',
  'resume',
  'write',
  'setEncoding',
  'setKeepAlive',
  'setNoDelay',
])

export function socketProxy(session: OwningSession): Duplex {
  return new Proxy(session, handler) as unknown as Duplex
}

const handler: ProxyHandler<OwningSession> = {
  get(session, property) {
    if (forbidden.has(property)) throw noSocketManipulation()
    return bound(ofSession.has(property) ? session : socketOf(session), property)
  },
  getPrototypeOf(session) {
    return Reflect.getPrototypeOf(socketOf(session))
  },
  set(session, property, value) {
    if (forbidden.has(property)) throw noSocketManipulation()
    return Reflect.set(ofSession.has(property) ? session : socketOf(session), property, value)
  },
}

function socketOf(session: OwningSession): object {
  const socket = session._socket()
  if (socket === undefined) throw socketUnbound()
  return socket
}

function bound(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property)
  return typeof value === 'function' ? value.bind(target) : value
}
