// The redirection of `import`, as hooks of the runtime's loader. On Node 20 they run in the loader's own thread (this
// file is its entry), from 22.15 on in the program's.

import type { LoadHook, LoadHookSync, ResolveHook, ResolveHookSync } from 'node:module'
import { exportsOf } from './exports.ts'
import { facadeName, facadeSource, facadeUrl, isFacade, namesNeeded } from './facade.ts'
import { isOwnFile, replacementOf } from './modules.ts'

export const resolve: ResolveHook = (specifier, context, next) =>
  redirected(specifier, context.parentURL) ?? next(specifier, context)

export const load: LoadHook = async (url, context, next) => {
  if (!isFacade(url)) return next(url, context)
  const needed = namesNeeded(url)
  if (needed === undefined) return moduleOf(facadeSource(url, undefined))
  const namespace = (await import(needed.file)) as Record<string, object>
  return moduleOf(facadeSource(url, Object.keys(namespace[needed.property] ?? {})))
}

export const resolveSync: ResolveHookSync = (specifier, context, next) => {
  // What is required comes by way of `Module._load`, before any hook; `require.resolve` stays the runtime's.
  if (context.conditions.includes('require')) return next(specifier, context)
  return redirected(specifier, context.parentURL) ?? next(specifier, context)
}

export const loadSync: LoadHookSync = (url, context, next) => {
  if (!isFacade(url)) return next(url, context)
  const name = namesNeeded(url) && facadeName(url)
  return moduleOf(facadeSource(url, name === undefined ? undefined : Object.keys(exportsOf(name))))
}

function redirected(specifier: string, parent: string | undefined) {
  const replacement = replacementOf(specifier)
  if (replacement === undefined || isOwnFile(parent) || (parent !== undefined && isFacade(parent))) return undefined
  return { url: facadeUrl(replacement.name), format: 'module', shortCircuit: true } as const
}

function moduleOf(source: string) {
  return { format: 'module', source, shortCircuit: true } as const
}
