// Calls to a program's listeners from amid the work of a connection, which does not stop where one of them throws.

/** Rethrows the listener's exception on a later tick, as uncaught, so that the caller continues. */
export function callApart(call: () => void): void {
  try {
    call()
  } catch (error) {
    throwApart(error)
  }
}

export function throwApart(error: unknown): void {
  process.nextTick(rethrow, error)
}

function rethrow(error: unknown): never {
  throw error
}
