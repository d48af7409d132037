// On Node 20 `require` can load ES modules, and selects a package's by the condition `module-sync`; but loader hooks are not called
// for the imports of such a module, so these would be the runtime's modules. Where such a package has a CommonJS form as well,
// `require` gets that form. Source: Node's documentation, "Modules: Packages", "Conditional exports" and "Subpath patterns".

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target }

interface Manifest {
  readonly name?: string
  readonly type?: string
  readonly exports?: Target
}

const conditions = new Set(['node', 'require', 'default', 'node-addons'])
const manifests = new Map<string, Manifest | undefined>()

/**
 * @param request - the argument of `require`
 * @param found - the file that the runtime has resolved it to
 * @returns the file of the package's CommonJS form, if it has one and `found` is an ES module
 */
export function commonJsForm(request: string, found: string): string | undefined {
  const [, name, rest = ''] = /^((?:@[^/]+\/)?[^./@#][^/]*)(\/.*)?$/.exec(request) ?? []
  if (name === undefined || !isEsModule(found)) return undefined
  const folder = packageFolder(name, found)
  const exports = folder && manifestIn(folder)?.exports
  if (!folder || !exports) return undefined
  const target = targetOf(exports, `.${rest}`)
  if (target === undefined) return undefined
  const file = join(folder, target)
  return !isEsModule(file) && existsSync(file) ? file : undefined
}

function isEsModule(file: string): boolean {
  if (file.endsWith('.mjs')) return true
  if (!file.endsWith('.js')) return false
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = manifestIn(folder)
    if (manifest !== undefined) return manifest.type === 'module'
    if (folder === dirname(folder)) return false
  }
}

function packageFolder(name: string, file: string): string | undefined {
  const part = `${sep}node_modules${sep}${name.replaceAll('/', sep)}${sep}`
  const at = file.lastIndexOf(part)
  if (at !== -1) return file.slice(0, at + part.length - 1)
  // A linked package, or one that requires itself: the nearest folder whose package.json has that name.
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (manifestIn(folder)?.name === name) return folder
  }
  return undefined
}

function manifestIn(folder: string): Manifest | undefined {
  if (!manifests.has(folder)) {
    let manifest: Manifest | undefined
    try {
      manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    } catch {
      // There is none here, or it cannot be parsed: the runtime reports that where it matters.
    }
    manifests.set(folder, manifest)
  }
  return manifests.get(folder)
}

function targetOf(exports: Target, subpath: string): string | undefined {
  const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports)[0]?.startsWith('.')
  if (!isMap) return subpath === '.' ? choose(exports, '') : undefined
  const map = exports as { readonly [subpath: string]: Target }
  if (Object.hasOwn(map, subpath) && !subpath.includes('*')) return choose(map[subpath] as Target, '')
  let best: { readonly key: string; readonly base: string; readonly match: string } | undefined
  for (const key of Object.keys(map)) {
    const [base, trailer] = key.split('*')
    if (base === undefined || trailer === undefined || !subpath.startsWith(base) || !subpath.endsWith(trailer)) continue
    if (subpath.length < key.length || (best && best.base.length >= base.length)) continue
    best = { key, base, match: subpath.slice(base.length, subpath.length - trailer.length) }
  }
  return best && choose(map[best.key] as Target, best.match)
}

/** The target of the first condition that applies. */
function choose(target: Target, match: string): string | undefined {
  if (typeof target === 'string') return target.replaceAll('*', match)
  if (target === null) return undefined
  const tried = Array.isArray(target)
    ? (target as readonly Target[])
    : Object.entries(target).flatMap(([condition, value]) => (conditions.has(condition) ? [value as Target] : []))
  for (const one of tried) {
    const found = choose(one, match)
    if (found !== undefined) return found
  }
  return undefined
}
