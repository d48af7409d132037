/**
 * A callback of the program's among others that one event calls: what it throws is uncaught, on a turn of its own, and keeps none of
 * the others from its call.
 */
export function detached<A extends unknown[]>(callback: (...args: A) => unknown): (...args: A) => void {
  return (...args) => {
    try {
      callback(...args)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
