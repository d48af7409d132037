// What counts as a URL where one is taken: ours, the runtime's, anyone's.

/** Told by its properties, as Node tells it; `auth` and `path` mark the legacy API's objects. */
export function isUrl(value: unknown): value is URL {
  if (value === null || value === undefined) return false
  const { href, protocol, auth, path } = value as Record<string, unknown>
  return Boolean(href && protocol && auth === undefined && path === undefined)
}
