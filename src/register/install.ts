// Redirects the modules of the table for all files that this thread loads from now on, except plainwire's own. It uses only what
// the runtime offers for it: `Module._load`, which it keeps patchable, for `require`; loader hooks for `import`.

import Module from 'node:module'
import { onePerProcess } from '../core/one-per-process.ts'
import { commonJsForm } from './commonjs-form.ts'
import { exportsOf } from './exports.ts'
import { redirectGlobals } from './globals.ts'
import { resolveSync } from './hooks.ts'
import { isOwnFile, replacementOf } from './modules.ts'

type Load = (request: string, parent: { filename?: string | null } | undefined, isMain: boolean) => unknown

export function install(): void {
  // Once in a thread, whichever copy of plainwire is installed first: the first copy's table is in force.
  onePerProcess('redirection', redirect)
}

function redirect(): void {
  redirectRequire()
  preferCommonJs()
  redirectGetBuiltinModule()
  redirectImport()
  redirectGlobals(() => exportsOf('url'))
}

function redirectRequire(): void {
  // Missing from the types, though every tool that mocks modules patches it.
  const loader = Module as unknown as { _load: Load }
  const original = loader._load
  loader._load = function _load(request, parent, isMain) {
    const replacement = replacementOf(request)
    if (replacement === undefined || isOwnFile(parent?.filename ?? undefined)) {
      return Reflect.apply(original, this, [request, parent, isMain])
    }
    return exportsOf(replacement.name)
  }
}

/** On runtimes whose loader hooks are not called for the imports of a required ES module. */
function preferCommonJs(): void {
  if (typeof Module.registerHooks === 'function') return
  const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string }
  const original = loader._resolveFilename
  loader._resolveFilename = function _resolveFilename(request, ...rest) {
    const found = Reflect.apply(original, this, [request, ...rest]) as string
    return commonJsForm(request, found) ?? found
  }
}

function redirectGetBuiltinModule(): void {
  const original = process.getBuiltinModule
  function getBuiltinModule(id: string): unknown {
    const replacement = typeof id === 'string' ? replacementOf(id) : undefined
    return replacement === undefined ? Reflect.apply(original, process, [id]) : exportsOf(replacement.name)
  }
  process.getBuiltinModule = getBuiltinModule as typeof original
}

function redirectImport(): void {
  // Node 20 has no `registerHooks`; on Node 26 `register` emits a deprecation warning.
  if (typeof Module.registerHooks === 'function') Module.registerHooks({ resolve: resolveSync })
  else Module.register('./hooks.js', import.meta.url)
}
