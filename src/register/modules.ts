// The one table of modules that a program gets from us in place of the runtime's. A module joins when it is whole.

import { fileURLToPath, URL } from 'node:url'

/** Where the runtime's name leads. */
export interface Replacement {
  /** Our file, from this folder, as it is compiled. */
  readonly file: string
  /** Set: not the module itself, but this export of it, as `dns/promises` is `dns.promises`. */
  readonly property?: string
}

const replacements: Readonly<Record<string, Replacement>> = {
  http: { file: '../http/index.js' },
  // Names from inside Node, deprecated and in use all the same: what programs take from them is http's own.
  _http_agent: { file: '../http/index.js' },
  _http_client: { file: '../http/index.js' },
  _http_incoming: { file: '../http/index.js' },
  _http_outgoing: { file: '../http/index.js' },
  _http_server: { file: '../http/index.js' },
  url: { file: '../url/index.js' },
  net: { file: '../net/index.js' },
  tls: { file: '../tls/index.js' },
  http2: { file: '../http2/index.js' },
  https: { file: '../https/index.js' },
  dns: { file: '../dns/index.js' },
  dgram: { file: '../dgram/index.js' },
  'dns/promises': { file: '../dns/index.js', property: 'promises' },
}

/** The names without `node:`, in the table's order. */
export const redirectedModules: readonly string[] = Object.keys(replacements)

/** Takes `x` and `node:x`. */
export function replacementOf(specifier: string): (Replacement & { readonly name: string }) | undefined {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier
  if (!Object.hasOwn(replacements, name)) return undefined
  return { name, ...(replacements[name] as Replacement) }
}

/** The compiled project's own folder. Code in it keeps the runtime's modules: the host stands on them. */
const ownUrl = new URL('../', import.meta.url).href
const ownPath = fileURLToPath(ownUrl)

/** @param parent - path or URL of the file that asks; undefined for the program's entry and for `--require` */
export function isOwnFile(parent: string | undefined): boolean {
  return parent !== undefined && (parent.startsWith(ownUrl) || parent.startsWith(ownPath))
}
