// Loads our ES modules with the runtime's own loader, whoever loads this file: a test runner's module system in a sandbox,
// or a `require` that translates every file. So there is one copy of them in a thread, and no tool changes their code.
// CommonJS with nothing but `process.getBuiltinModule`, since that is what reaches the runtime from all of those.

type Namespace = Record<string, unknown>

interface NativeModule {
  exports: { namespace: Namespace }
  _compile(source: string, filename: string, format: 'module'): void
}

const { Module } = process.getBuiltinModule('node:module') as unknown as { Module: new (id: string) => NativeModule }
const { inspect } = process.getBuiltinModule('node:util') as unknown as { inspect: Record<symbol, Set<string>> }
const { basename, dirname, join, sep } = process.getBuiltinModule('node:path')
const { pathToFileURL } = process.getBuiltinModule('node:url')
const loaded = new Map<string, Namespace>()

/** The folders of all copies of plainwire in this thread, as paths and as URLs; kept as core/one-per-process.ts says. */
const folders = (inspect[Symbol.for('plainwire 1 folders')] ??= new Set())
const own = join(__dirname, '..') + sep
folders.add(own).add(pathToFileURL(own).href)

/**
 * Evaluates the module when it is first asked for in this thread.
 * @param file - from the folder above this one: `http/index.js`
 */
function load(file: string): Namespace {
  const found = loaded.get(file)
  if (found !== undefined) return found
  // `require` would go by `Module._extensions`, where tools that translate code put theirs. This is how the runtime's own
  // extension hands over an ES module; what the source imports is loaded by the loader of ES modules alone.
  const name = join(own, dirname(file), `native-${basename(file)}`)
  const module = new Module(name)
  module._compile(`export * as namespace from './${basename(file)}'`, name, 'module')
  const { namespace } = module.exports
  loaded.set(file, namespace)
  return namespace
}

module.exports = { folders, load }
