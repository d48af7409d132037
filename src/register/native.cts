// Loads our ES modules with the runtime's own loader, even where another module system has loaded this file: a test runner's in a
// sandbox, or a `require` that transpiles every file. So there is one copy of them in a thread, and no tool changes their code.
// CommonJS that uses nothing but `process.getBuiltinModule`, which reaches the runtime from all of these.

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

/** The folders of all copies of plainwire in this thread, as paths and as URLs; stored as core/one-per-process.ts explains. */
const folders = (inspect[Symbol.for('plainwire 1 folders')] ??= new Set())
const own = join(__dirname, '..') + sep
folders.add(own).add(pathToFileURL(own).href)

/**
 * Evaluates the module on the first call in this thread.
 * @param file - relative to the folder above this one: `http/index.js`
 */
function load(file: string): Namespace {
  const found = loaded.get(file)
  if (found !== undefined) return found
  // `require` would use `Module._extensions`, which tools that transpile code replace. The runtime's own extension compiles an ES
  // module by this call; the imports of the source are then loaded by the ES module loader alone.
  const name = join(own, dirname(file), `native-${basename(file)}`)
  const module = new Module(name)
  module._compile(`export * as namespace from './${basename(file)}'`, name, 'module')
  const { namespace } = module.exports
  loaded.set(file, namespace)
  return namespace
}

module.exports = { folders, load }
