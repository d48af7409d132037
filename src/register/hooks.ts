// The redirection of `import`, as hooks of the runtime's loader: to a file in `doors/`, which has our named exports and, as
// default, the same object that `require` returns. Up to Node 22.14 the hooks run in the loader's own thread (this file is its
// entry), from 22.15 on in the program's.

import type { ResolveHook, ResolveHookSync } from 'node:module'
import { doorUrl, isOwnFile, replacementOf } from './modules.ts'

export const resolve: ResolveHook = (specifier, context, next) =>
  redirected(specifier, context.parentURL) ?? next(specifier, context)

export const resolveSync: ResolveHookSync = (specifier, context, next) => {
  // `Module._load` (install.ts) redirects `require` before any hook is called; `require.resolve` stays the runtime's.
  if (context.conditions.includes('require')) return next(specifier, context)
  return redirected(specifier, context.parentURL) ?? next(specifier, context)
}

function redirected(specifier: string, parent: string | undefined) {
  const replacement = replacementOf(specifier)
  if (replacement === undefined || isOwnFile(parent)) return undefined
  return { url: doorUrl(replacement.name), format: 'module', shortCircuit: true } as const
}
