// How several fields of one name are merged into one value: Node's rules for `message.headers`. Common names, in the usual
// spelling or in lower case, are found by one map lookup, which saves converting and validating them.

/** How a second value is treated. */
export type Merging = 'drop' | 'comma' | 'semicolon' | 'array'

export interface KnownName {
  readonly lower: string
  readonly merging: Merging
}

const rules: Readonly<Record<Merging, string>> = {
  drop:
    'Age Host From ETag Server Referer Expires Location User-Agent Retry-After Content-Type Max-Forwards ' +
    'Authorization Last-Modified Content-Length If-Modified-Since Proxy-Authorization If-Unmodified-Since',
  comma:
    'Date Vary Origin Expect Accept Upgrade If-Match Connection Cache-Control If-None-Match Accept-Encoding ' +
    'Accept-Language X-Forwarded-For Content-Encoding X-Forwarded-Host Transfer-Encoding X-Forwarded-Proto ' +
    'Keep-Alive Allow Link Pragma Range Trailer TE Via X-Powered-By X-Request-Id Content-Disposition',
  semicolon: 'Cookie',
  array: 'Set-Cookie',
}

const known = new Map<string, KnownName>()
for (const [merging, names] of Object.entries(rules)) {
  for (const name of names.split(' ')) {
    const entry: KnownName = { lower: name.toLowerCase(), merging: merging as Merging }
    known.set(name, entry)
    known.set(entry.lower, entry)
  }
}

// Caches names that are not in the table, as received. Peers choose them, so the cache is limited to `maxSeen` entries.
const seen = new Map<string, KnownName>(known)
const maxSeen = 1000

/** The name as a key of `headers`, and its merging rule. */
export function lookUpName(name: string): KnownName {
  return seen.get(name) ?? lookUpOther(name)
}

function lookUpOther(name: string): KnownName {
  const lower = name.toLowerCase()
  const entry: KnownName = known.get(lower) ?? { lower, merging: 'comma' }
  if (seen.size < maxSeen) seen.set(name, entry)
  return entry
}

/** The name in lower case. */
export function lowerName(name: string): string {
  const entry = known.get(name)
  return entry === undefined ? name.toLowerCase() : entry.lower
}

/** Whether the name is in the table, and so needs no validation. */
export function isKnownName(name: string): boolean {
  return known.has(name)
}
