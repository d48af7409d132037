// Several copies of plainwire in one thread, side by side in node_modules: the emitters of one copy are instances of the other
// copy's classes too, so that `instanceof net.Socket` holds whichever copy has made the socket. Otherwise, the modules of one copy
// treat another copy's sockets as they treat any stream.

import { EventEmitter } from 'node:events'
import { onePerProcess } from '../core/one-per-process.ts'

type Class = abstract new (...args: never[]) => object

/** The classes of all copies, by module and name. */
const classes = onePerProcess('classes', () => new Map<string, Class[]>())

/** @param exports - what this copy's module exports */
export function relateToCopies(module: string, exports: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(exports)) {
    if (!isEmitterClass(value)) continue
    const known = classes.get(`${module}.${name}`) ?? []
    if (known.includes(value)) continue
    known.push(value)
    classes.set(`${module}.${name}`, known)
    // With a single copy `instanceof` stays as it is, and costs nothing.
    if (known.length > 1) for (const one of known) acceptInstances(one, known)
  }
}

function isEmitterClass(value: unknown): value is Class {
  return typeof value === 'function' && value.prototype instanceof EventEmitter
}

function acceptInstances(Own: Class, all: readonly Class[]): void {
  const ordinary = Function.prototype[Symbol.hasInstance]
  Object.defineProperty(Own, Symbol.hasInstance, {
    configurable: true,
    writable: true,
    value(this: unknown, value: unknown): boolean {
      if (this !== Own) return ordinary.call(this as Class, value)
      return all.some(Class => ordinary.call(Class, value))
    },
  })
}
