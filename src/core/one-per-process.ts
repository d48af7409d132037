// Values that all copies of plainwire in a process have in common: two versions installed side by side, or one that a tool
// loaded twice. They are kept on a function of the runtime's, which is one in a thread even for code in a test runner's
// sandbox, where the global object is another.

import { inspect } from 'node:util'

/** Counted up when what is shared changes its shape: copies that cannot work together then do not meet. */
const AGREEMENT = 1

/**
 * @param name - the same in every copy
 * @param make - called by the copy that asks first
 */
export function onePerProcess<T>(name: string, make: () => T): T {
  const key = Symbol.for(`plainwire ${AGREEMENT} ${name}`)
  const holder = inspect as unknown as Record<symbol, T>
  if (!Object.hasOwn(holder, key)) Object.defineProperty(holder, key, { value: make() })
  return holder[key] as T
}
