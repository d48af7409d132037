// A way to fail: what is set up once, one round of it, and its end.

import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import type { Modules } from '../support/implementations.ts'

export interface Way {
  /** Fails once. When it resolves, nothing of the round may be open or on its way. */
  round(): Promise<unknown>
  end?(): Promise<unknown>
}

export type PrepareWay = (modules: Modules) => Way | Promise<Way>

/** By name, such as `net: refused`. */
export type Ways = Readonly<Record<string, PrepareWay>>

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
  })
}

/** When all of them have emitted 'close'. Their errors are what the round is about. */
export function closed(...emitters: NodeJS.EventEmitter[]): Promise<unknown> {
  return Promise.all(
    emitters.map(emitter => {
      emitter.on('error', () => {})
      return new Promise(resolve => emitter.once('close', resolve))
    }),
  )
}

/** A server's next connection. */
export function accepted<T>(server: NodeJS.EventEmitter, event = 'connection'): Promise<T> {
  return new Promise(resolve => server.once(event, resolve))
}

/** A port on which nobody listens. */
export async function unusedPort(modules: Modules): Promise<number> {
  const server = modules.net.createServer()
  const port = await listen(server)
  await close(server)
  return port
}
