/**
 * Wraps one of several callbacks of the program that the same event calls. An exception that the callback throws is rethrown from
 * a microtask, as an uncaught one, so that the other callbacks are called all the same.
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
