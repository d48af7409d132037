// The one table of modules that a program gets from us in place of the runtime's. A module joins when it is whole.

import { createRequire } from 'node:module'
import { URL } from 'node:url'

/** Where the runtime's name leads. */
export interface Replacement {
  /** Our file, from the folder above this one, as it is compiled. */
  readonly file: string
  /** The file in `doors/` that an import is led to, without its extension. */
  readonly door: string
  /** Set: not the module itself, but this export of it, as `dns/promises` is `dns.promises`. */
  readonly property?: string
}

const replacements: Readonly<Record<string, Replacement>> = {
  http: { file: 'http/index.js', door: 'http' },
  // Names from inside Node, deprecated and in use all the same: what programs take from them is http's own.
  _http_agent: { file: 'http/index.js', door: 'http' },
  _http_client: { file: 'http/index.js', door: 'http' },
  _http_incoming: { file: 'http/index.js', door: 'http' },
  _http_outgoing: { file: 'http/index.js', door: 'http' },
  _http_server: { file: 'http/index.js', door: 'http' },
  url: { file: 'url/index.js', door: 'url' },
  querystring: { file: 'querystring/index.js', door: 'querystring' },
  net: { file: 'net/index.js', door: 'net' },
  tls: { file: 'tls/index.js', door: 'tls' },
  http2: { file: 'http2/index.js', door: 'http2' },
  https: { file: 'https/index.js', door: 'https' },
  dns: { file: 'dns/index.js', door: 'dns' },
  dgram: { file: 'dgram/index.js', door: 'dgram' },
  'dns/promises': { file: 'dns/index.js', door: 'dns-promises', property: 'promises' },
}

/** The names without `node:`, in the table's order. */
export const redirectedModules: readonly string[] = Object.keys(replacements)

/** Takes `x` and `node:x`. */
export function replacementOf(specifier: string): (Replacement & { readonly name: string }) | undefined {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier
  if (!Object.hasOwn(replacements, name)) return undefined
  return { name, ...(replacements[name] as Replacement) }
}

/** Code in these folders keeps the runtime's modules: the host stands on them. */
const { folders } = createRequire(import.meta.url)('./native.cjs') as { folders: ReadonlySet<string> }

/** @param parent - path or URL of the file that asks; undefined for the program's entry and for `--require` */
export function isOwnFile(parent: string | undefined): boolean {
  if (parent === undefined) return false
  for (const folder of folders) if (parent.startsWith(folder)) return true
  return false
}

/** What an import of the module loads. @param name - one of the table */
export function doorUrl(name: string): string {
  const replacement = replacementOf(name)
  if (replacement === undefined) throw new Error(`plainwire has no module ${name}`)
  return new URL(`../doors/${replacement.door}.js`, import.meta.url).href
}
