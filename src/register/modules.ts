// The table of the modules that a program gets from plainwire in place of the runtime's. A module is added once it is complete.

import { createRequire } from 'node:module'
import { URL } from 'node:url'

/** The replacement of one of the runtime's modules. */
export interface Replacement {
  /** The compiled file, relative to the folder above this one. */
  readonly file: string
  /** The file in `doors/` that an import is redirected to, without its extension. */
  readonly door: string
  /** If set, this export of the module rather than the module itself: `dns/promises` is `dns.promises`. */
  readonly property?: string
}

const replacements: Readonly<Record<string, Replacement>> = {
  http: { file: 'http/index.js', door: 'http' },
  // Node's internal modules, deprecated but still in use: the members that programs take from them are http's.
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

/** @param specifier - `x` or `node:x` */
export function replacementOf(specifier: string): (Replacement & { readonly name: string }) | undefined {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier
  if (!Object.hasOwn(replacements, name)) return undefined
  return { name, ...(replacements[name] as Replacement) }
}

/** Code in these folders keeps the runtime's modules: the operating system's host is built on them. */
const { folders } = createRequire(import.meta.url)('./native.cjs') as { folders: ReadonlySet<string> }

/** @param parent - path or URL of the importing file; undefined for the program's entry and for `--require` */
export function isOwnFile(parent: string | undefined): boolean {
  if (parent === undefined) return false
  for (const folder of folders) if (parent.startsWith(folder)) return true
  return false
}

/** The URL that an import of the module is redirected to. @param name - a name in the table */
export function doorUrl(name: string): string {
  const replacement = replacementOf(name)
  if (replacement === undefined) throw new Error(`plainwire has no module ${name}`)
  return new URL(`../doors/${replacement.door}.js`, import.meta.url).href
}
