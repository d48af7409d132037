// What `require` gives for a redirected module: one plain, writable object per module, as with the runtime's own, since
// programs replace functions on it. Our ES modules' namespaces are not writable.

import { createRequire } from 'node:module'
import { adoptGlobals } from './globals.ts'
import { replacementOf } from './modules.ts'

type Exports = Record<string, unknown>

const require = createRequire(import.meta.url)
const known = new Map<string, Exports>()

/** Loads the module when it is first asked for. @param name - one of the table */
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
  const namespace = require(replacement.file) as Exports
  if (name === 'url') adoptGlobals(namespace as never)
  if (replacement.property !== undefined) return moduleObject(namespace)[replacement.property] as Exports
  return moduleObject(namespace)
}

/** A module with accessors among its exports (`http.globalAgent`) shapes the object itself, as its default export. */
const shaped = new Map<Exports, Exports>()
function moduleObject(namespace: Exports): Exports {
  const own = namespace['default']
  if (typeof own === 'object' && own !== null) return own as Exports
  let object = shaped.get(namespace)
  if (object === undefined) {
    object = { ...namespace }
    shaped.set(namespace, object)
  }
  return object
}
