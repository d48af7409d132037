// How several fields of one name become one value: Node's rules for `message.headers`. Common names are found with one
// look, in the usual spelling or in lower case, which saves lowering and checking them one by one.

/** What happens to the second value. */
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

// With the names that are not in the table, as they were last spelled; peers choose them, so there is an end to it.
const seen = new Map<string, KnownName>(known)
const maxSeen = 1000

/** The name as `headers` has it, and its rule. */
export function lookUpName(name: string): KnownName {
  return seen.get(name) ?? lookUpOther(name)
}

function lookUpOther(name: string): KnownName {
  const lower = name.toLowerCase()
  const entry: KnownName = known.get(lower) ?? { lower, merging: 'comma' }
  if (seen.size < maxSeen) seen.set(name, entry)
  return entry
}

/** In lower case. */
export function lowerName(name: string): string {
  const entry = known.get(name)
  return entry === undefined ? name.toLowerCase() : entry.lower
}

/** A name that needs no check, because it is in the table. */
export function isKnownName(name: string): boolean {
  return known.has(name)
}
