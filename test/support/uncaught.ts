// For tests of listeners that throw: a program that handles 'uncaughtException' goes on, and the test runner's own listeners must
// not hear of it.

import type { TestContext } from 'node:test'

/** Collects what is thrown and caught by nobody, until the test ends. */
export function catchUncaught(t: Pick<TestContext, 'after'>): unknown[] {
  const thrown: unknown[] = []
  const others = process.listeners('uncaughtException')
  const collect = (error: unknown) => void thrown.push(error)
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', collect)
  t.after(() => {
    process.off('uncaughtException', collect)
    for (const listener of others) process.on('uncaughtException', listener)
  })
  return thrown
}
