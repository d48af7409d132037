// Calls of a socket on its connection that a program may intercept with a function of its own on the handle.

import { ownMethod } from '../../host/shown-handle.ts'
import type { Connection } from '../../host/types.ts'
import { errorOf } from '../errors.ts'
import { kHandle } from '../symbols.ts'
import { type Request, StreamHandle } from './handle.ts'

interface Handled {
  readonly [kHandle]?: object | undefined
}

type WriteCallback = (error?: Error | null) => void

/** Milliseconds between probes, and how many. */
export type KeepAliveProbes = readonly [number | undefined, number | undefined]

export function tellNoDelay(socket: Handled, connection: Connection, on: boolean): void {
  const own = ownMethod(socket[kHandle], 'setNoDelay')
  if (own) own(on)
  else connection.setNoDelay(on)
}

export function tellKeepAlive(
  socket: Handled,
  connection: Connection,
  on: boolean,
  delayMs: number,
  probes: KeepAliveProbes,
): void {
  const own = ownMethod(socket[kHandle], 'setKeepAlive')
  if (own) own(on, delayMs / 1000)
  else connection.setKeepAlive(on, delayMs, ...probes)
}

/** Ends our side, by the program's own function where it has put one on the handle. */
export function shutDown(handle: object, connection: Connection, callback: WriteCallback): void {
  const own = handle instanceof StreamHandle ? ownMethod(handle, 'shutdown') : undefined
  if (own === undefined) {
    connection.end(() => callback())
    return
  }
  const request: Request = { oncomplete: status => callback(errorOf(status, 'shutdown')) }
  const status = Number(own(request) ?? 0)
  // 1: done already.
  if (status === 1) callback()
  else if (status < 0) callback(errorOf(status, 'shutdown'))
}
