// Calls to a program's listeners from amid the work of a connection, which does not stop where one of them throws.

/** The exception is nobody's to catch, as if the listener had been called from a turn of its own. */
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
