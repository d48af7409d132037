// The overloads of `connect` and `listen`, made one shape.

/** Marks what has been through `normalizeArguments`, so that a wrapper may pass it on. */
const kNormalized = Symbol('normalizedArguments')

export interface AnyOptions {
  [name: string]: unknown
}

export type NormalizedArguments = [AnyOptions, ((...args: never[]) => void) | null]

/**
 * `(options[, ...][, callback])`, `(path[, ...][, callback])`, `([port][, host][, ...][, callback])`.
 * Source: Node's documentation, `net.connect()` and `server.listen()`.
 */
export function normalizeArguments(args: readonly unknown[]): NormalizedArguments {
  const [first, second] = args
  if (Array.isArray(first) && kNormalized in first) return first as unknown as NormalizedArguments
  let options: AnyOptions = {}
  if (typeof first === 'object' && first !== null) options = first as AnyOptions
  else if (isPipeName(first)) options['path'] = first
  else if (args.length > 0) {
    options['port'] = first
    if (typeof second === 'string') options['host'] = second
  }
  const last = args.at(-1)
  const callback = typeof last === 'function' ? (last as (...args: never[]) => void) : null
  const normalized: NormalizedArguments = [options, callback]
  Object.defineProperty(normalized, kNormalized, { value: true })
  return normalized
}

/** A string that is no port number names a pipe. */
export function isPipeName(value: unknown): value is string {
  return typeof value === 'string' && toNumber(value) === false
}

/** @returns false for what is no number of zero or above */
export function toNumber(value: unknown): number | false {
  const number = Number(value)
  return number >= 0 ? number : false
}
