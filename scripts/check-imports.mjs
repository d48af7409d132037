// The import rules of the house, checked by path over src/: `npm run check:imports`. Imports run downwards only (the
// table in ARCHITECTURE.md), siblings see each other through index.ts and internal.ts, engines and codecs own no
// stream, timer, clock or random source; no files and no folders import each other in a circle, type imports counted; and no
// two files of a module bear one name.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { argv, exit } from 'node:process'
import { fileURLToPath } from 'node:url'

/** Node's modules, each with those that it may stand on. */
const below = {
  querystring: [],
  url: ['querystring'],
  dns: [],
  net: ['dns'],
  dgram: ['dns'],
  tls: ['net'],
  http: ['net', 'url'],
  https: ['http', 'tls'],
  http2: ['http', 'net', 'tls', 'url'],
}

/** The name server of simulated networks is the one that tests have: an engine, and it owns nothing. */
const nameServer = ['authority.ts', 'zone.ts', 'zone-description.ts'].map(name => `dns-server/${name}`)

/**
 * Folders that are no module of Node's, with what they may import; a path stands for itself and all below it. Module
 * folders follow the rules in `mayImport`.
 */
const folders = {
  core: ['core', 'host/types.ts'],
  host: ['host', 'core'],
  'sim/engine': ['sim/engine', 'sim/wire', 'sim/types.ts', 'core', 'host/types.ts'],
  'sim/wire': ['sim/wire', 'core', 'host/types.ts'],
  // What runs on machines: programs, which stand on Node's modules as any do.
  'sim/services': ['sim', 'host', 'core', 'dns', 'dns-server', 'net/index.ts', 'tls/index.ts'],
  sim: ['sim', 'host', 'core', 'dns/wire', ...nameServer],
  'dns-server': ['dns-server', 'dns/wire', 'host', 'core'],
  crypto: ['crypto', 'core'],
  cli: ['.'],
  register: ['.'],
}

/** What engines and codecs know of cryptography: what there is, not who does it. */
const vocabulary = [
  'provider.ts',
  'algorithms.ts',
  'certificate-crypto.ts',
  'named-groups.ts',
  'signature-schemes.ts',
].map(name => `crypto/${name}`)

/** Further layers inside one module, and what each sees of its own module. */
const innerLayers = {
  'tls/engine': ['tls/engine', 'tls/wire', 'tls/x509', ...vocabulary],
  'tls/x509': ['tls/x509', 'tls/wire', ...vocabulary],
  'tls/wire': ['tls/wire', ...vocabulary],
}

/** What may be imported against the rules: each by name, with its reason. An entry that nobody needs is an error too. */
export const exceptions = [
  // { from: 'src/x/engine/y.ts', to: 'node:z', reason: '...' },
  {
    from: 'src/tls/connection/runtime-backend.ts',
    to: 'node:tls',
    reason: 'puts the TLS of the runtime over our connections',
  },
  { from: 'src/tls/api/secure-context.ts', to: 'node:tls', reason: 'has contexts checked and kept by the runtime' },
  { from: 'src/tls/policy/trust-store.ts', to: 'node:tls', reason: 'the authorities that come with the runtime' },
  { from: 'src/tls/api/defaults.ts', to: 'node:tls', reason: 'what the command line says of versions and ciphers' },
  { from: 'src/tls/module.ts', to: 'node:tls', reason: 'the names of the ciphers that the runtime has' },
  { from: 'src/tls/index.ts', to: 'node:tls', reason: 'the names of the ciphers that the runtime has' },
]

/** The runtime's own network modules: only the OS host stands on them. What they export as types is free to use. */
const networkBuiltins = ['net', 'dgram', 'dns', 'dns/promises', 'tls', 'http', 'https', 'http2']

/** All that an engine or codec may take from the runtime. */
const pureBuiltins = ['buffer', 'util']

/** Globals that engines, codecs and core leave to their callers; the Node-facing classes have the host for the last three. */
const forbiddenGlobals =
  /(?<![.\w$#'"`])(setTimeout|setInterval|setImmediate|Date\.now|Math\.random|performance\.now)\(/g
const clocksAndChance = ['Date.now', 'Math.random', 'performance.now']

/**
 * @param {Map<string, string>} files - sources by path from the project's root: `src/net/socket/socket.ts`
 * @param {readonly {from: string, to: string, reason: string}[]} allowed
 * @returns {string[]} one line per violation
 */
export function checkImports(files, allowed = exceptions) {
  const violations = []
  const used = new Set()
  const graph = new Map()
  for (const [path, source] of files) {
    const report = (line, to, problem) => {
      const exception = allowed.find(one => one.from === path && one.to === to)
      if (exception) used.add(exception)
      else violations.push(`${path}:${line} ${problem}`)
    }
    for (const found of importsOf(source)) {
      const { line, specifier, isType } = found
      if (!specifier.startsWith('.')) {
        const problem = builtinProblem(path, specifier, isType)
        if (problem) report(line, specifier, `imports ${specifier}: ${problem}`)
        continue
      }
      // The compiler rewrites imports, not what a .cts file requires: that names compiled files.
      const named = path.endsWith('.cts') ? specifier.replace(/\.(c?)js$/, '.$1ts') : specifier
      const to = posix.join(posix.dirname(path), named)
      if (!files.has(to)) report(line, to, `imports ${specifier}, and there is no such file`)
      const problem = pathProblem(path, to, isType)
      if (problem) report(line, to, `imports ${to}: ${problem}`)
      graph.get(path)?.add(to) ?? graph.set(path, new Set([to]))
    }
    for (const { line, name } of globalsOf(path, source)) {
      report(line, name, `calls ${name}: time and chance come from outside, through the host's clock and random()`)
    }
  }
  for (const circle of circles(graph)) violations.push(`import each other in a circle: ${circle.join(', ')}`)
  for (const circle of circles(foldersOf(graph)))
    violations.push(`folders import each other in a circle: ${circle.join(', ')}`)
  violations.push(...repeatedNames(files.keys()))
  for (const one of allowed) {
    if (!used.has(one)) violations.push(`the exception for ${one.from} importing ${one.to} is needed no more`)
  }
  return violations
}

function pathProblem(from, to, isType) {
  if (!to.startsWith('src/')) return 'it is outside of src/'
  const [importer, imported] = [from.slice(4), to.slice(4)]
  // Files at the top of src/ put the package together.
  if (!importer.includes('/')) return undefined
  const allowed = mayImport(importer)
  if (allowed === undefined)
    return `there is no rule for the folder of ${from}: scripts/check-imports.mjs has the table`
  if (allowed.some(one => one === '.' || imported === one || imported.startsWith(`${one}/`))) {
    return imported === 'host/types.ts' && !isType ? 'types only, with `import type`' : undefined
  }
  const module = imported.split('/')[0]
  const isSibling = below[importer.split('/')[0]]?.includes(module) && !isPure(from)
  if (isSibling) return 'a sibling is seen through its index.ts or internal.ts'
  return `${posix.dirname(importer)}/ may import ${allowed.join(', ')} only`
}

/** What a file may import: paths from src/. */
function mayImport(importer) {
  const module = importer.split('/')[0]
  const layer = importer.split('/').slice(0, 2).join('/')
  const special = folders[layer] ?? folders[module]
  if (special) return special
  if (!(module in below)) return undefined
  const base = ['core', 'host/types.ts']
  if (layer in innerLayers) return [...innerLayers[layer], ...base]
  if (layer === `${module}/engine`) return [`${module}/engine`, `${module}/wire`, ...base]
  if (layer === `${module}/wire`) return [`${module}/wire`, ...base]
  const siblings = below[module].flatMap(name => [`${name}/index.ts`, `${name}/internal.ts`])
  return [module, ...siblings, 'core', 'host', 'crypto']
}

function builtinProblem(path, specifier, isType) {
  const name = specifier.replace(/^node:/, '')
  if (path.startsWith('src/cli/') || path.startsWith('src/register/') || isType) return undefined
  if (networkBuiltins.includes(name) && !path.startsWith('src/host/os/')) {
    return "the runtime's network modules belong to the OS host"
  }
  if (!isPure(path) || pureBuiltins.includes(name)) return undefined
  // The provider is what engines see of cryptography.
  if (name === 'crypto' && path.startsWith('src/crypto/node/')) return undefined
  return `engines, codecs and core take from the runtime only ${pureBuiltins.join(', ')}`
}

/** Engines, codecs and core. */
function isPure(path) {
  return /^src\/(core\/|crypto\/|dns-server\/(?!(server|index)\.ts)|[\w-]+\/(engine|wire|x509|stack|pattern)\/)/.test(
    path,
  )
}

function globalsOf(path, source) {
  if (/^src\/(host|cli|register|sim\/time)\//.test(path)) return []
  const code = withoutComments(source)
  return [...code.matchAll(forbiddenGlobals)]
    .map(match => ({ name: match[1], line: lineAt(code, match.index) }))
    .filter(({ name }) => isPure(path) || clocksAndChance.includes(name))
}

/** Every `import`, `export ... from`, `import()` and `require()` with a literal. */
export function importsOf(source) {
  const code = withoutComments(source)
  const patterns = [
    /(?<=^|[\n;])\s*(?:import|export)\s+(type\s)?[^'"`;()]*?from\s*['"]([^'"]+)['"]/g,
    /(?<=^|[\n;])\s*import\s*()['"]([^'"]+)['"]/g,
    /(?<![.\w$#])(?:import|require)\s*()\(\s*['"]([^'"]+)['"]/g,
  ]
  return patterns.flatMap(pattern =>
    [...code.matchAll(pattern)].map(match => ({
      specifier: match[2],
      isType: Boolean(match[1]) || hasOnlyTypes(match[0]),
      line: lineAt(code, match.index + match[0].length),
    })),
  )
}

/** `import { type A, type B } from` */
function hasOnlyTypes(statement) {
  const names = /\{([^}]*)\}/.exec(statement)?.[1]
  if (names === undefined || /^\s*(import|export)\s+[\w*]/.test(statement)) return false
  return names.split(',').every(name => name.trim() === '' || name.trim().startsWith('type '))
}

/** Comments become blanks of the same shape, so that places stay true; strings stay. */
function withoutComments(source) {
  return source.replace(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    found => (found.startsWith('//') || found.startsWith('/*') ? found.replace(/[^\n]/g, ' ') : found),
  )
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length
}

/** The same graph among the folders directly below src/. */
function foldersOf(graph) {
  const folders = new Map()
  for (const [from, targets] of graph) {
    const one = from.split('/')[1]
    for (const to of targets) {
      const other = to.split('/')[1]
      if (one === other || !to.startsWith('src/') || one.endsWith('.ts') || mayPointBack(one, to)) continue
      folders.get(one)?.add(other) ?? folders.set(one, new Set([other]))
    }
  }
  return folders
}

/** The port is described by its types, which core's helpers name. */
function mayPointBack(folder, to) {
  return folder === 'core' && to === 'src/host/types.ts'
}

/** Strongly connected parts of more than one node (Tarjan): each is a circle, or several that touch. */
function circles(graph) {
  const found = []
  const order = new Map()
  const lowest = new Map()
  const stack = []
  const visit = node => {
    order.set(node, order.size)
    lowest.set(node, order.get(node))
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)))
    }
    if (lowest.get(node) !== order.get(node)) return
    const part = stack.splice(stack.indexOf(node))
    if (part.length > 1) found.push(part.sort())
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return found
}

/** Two files of one module by one name: a reader who looks for the name finds the wrong one. */
function repeatedNames(paths) {
  const places = new Map()
  for (const path of paths) {
    const [, module, ...rest] = path.split('/')
    const base = rest.at(-1)
    if (base === undefined) continue
    const name = `${module} ${base}`
    places.get(name)?.push(path) ?? places.set(name, [path])
  }
  return [...places.values()]
    .filter(all => all.length > 1)
    .map(all => `two files of one name in a module: ${all.join(', ')}`)
}

/** The sources of a project's src/. */
export function readSources(root) {
  const names = readdirSync(join(root, 'src'), { recursive: true }).map(String)
  const files = names.filter(name => /\.[cm]?ts$/.test(name)).map(name => join(root, 'src', name))
  return new Map(files.map(file => [relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')]))
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const files = readSources(join(dirname(fileURLToPath(import.meta.url)), '..'))
  const violations = checkImports(files)
  for (const violation of violations) console.error(violation)
  console.log(
    `imports of ${files.size} files: ${violations.length === 0 ? 'as they should be' : `${violations.length} wrong`}`,
  )
  exit(violations.length === 0 ? 0 : 1)
}
