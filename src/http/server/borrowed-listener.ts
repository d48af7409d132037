// `_connectionListener` called on what is no server of ours: a program that only wants a stream's requests. As in Node, nothing is
// set on such an object, and what it has not counts as unset.

import type { EventEmitter } from 'node:events'
import { HttpService } from './http-service.ts'

const services = new WeakMap<object, HttpService>()

export function borrowedListenerService(borrower: EventEmitter): HttpService {
  const found = services.get(borrower)
  if (found !== undefined) return found
  const made = new HttpService(borrower, {}, true)
  services.set(borrower, made)
  return made
}
