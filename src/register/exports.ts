// What `require` returns for a redirected module: one plain, writable object per module, as with the runtime's own, since
// programs replace functions on it. The namespaces of our ES modules are not writable.

import { createRequire } from 'node:module'
import { relateToCopies } from './copies.ts'
import { adoptGlobals } from './globals.ts'
import { replacementOf } from './modules.ts'

type Exports = Record<string, unknown>

const native = createRequire(import.meta.url)('./native.cjs') as { load: (file: string) => Exports }
const known = new Map<string, Exports>()

/** Loads the module on the first call. @param name - a name in the table of modules.ts */
export function exportsOf(name: string): Exports {
  const found = known.get(name)
  if (found !== undefined) return found
  const made = load(name)
  known.set(name, made)
  return made
}

function load(name: string): Exports {
  const replacement = replacementOf(name)
  if (replacement === undefined) throw new Error(`plainwire has no module ${name}`)
  const namespace = native.load(replacement.file)
  if (name === 'url') adoptGlobals(namespace as never)
  // The default export: each module makes its own object, with accessors where Node's has them (`http.globalAgent`).
  const exports = namespace['default'] as Exports
  relateToCopies(replacement.door, exports)
  return replacement.property === undefined ? exports : (exports[replacement.property] as Exports)
}
