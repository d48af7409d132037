// Values that all copies of plainwire in a process share: two versions installed side by side, or one that a tool has loaded
// twice. They are properties of one of the runtime's functions, which is the same object throughout a thread, even in a test
// runner's sandbox, which has a global object of its own.

import { inspect } from 'node:util'

/** The version of the shared values' shape. Incremented when it changes, so that incompatible copies do not share. */
const AGREEMENT = 1

/**
 * @param name - the same in every copy
 * @param make - called once, by the first copy that needs the value
 */
export function onePerProcess<T>(name: string, make: () => T): T {
  const key = Symbol.for(`plainwire ${AGREEMENT} ${name}`)
  const holder = inspect as unknown as Record<symbol, T>
  if (!Object.hasOwn(holder, key)) Object.defineProperty(holder, key, { value: make() })
  return holder[key] as T
}
