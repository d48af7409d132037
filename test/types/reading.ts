// Counts what compiles: a program in a world is one. Beside our programs there may be those of DefinitelyTyped, its tests of
// Node's modules, where PLAINWIRE_TYPES_TESTS names a folder of them: `<version>/<module>.ts`. They are compiled with
// `plainwire/x` in place of `node:x`.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type NodeVersion, nodeVersions, typeRootOf } from './versions.ts'
import { compile, programsFor, root, type World, worldsOf } from './worlds.ts'

export interface Verdict {
  /** Of a file: `http` of `http.ts`. */
  readonly program: string
  readonly world: string
  readonly compiles: boolean
}

/** Our programs, each in all of the worlds that it is for. */
export function judgePrograms(worlds: readonly World[]): Verdict[] {
  return worlds.flatMap(world => verdicts(world, programsFor(world)))
}

/** Without @types/node, with the project's own, and with each version that is installed. */
export function allWorlds(): World[] {
  const worlds = worldsOf(undefined, 'without @types/node')
  worlds.push(...worldsOf(join(root, 'node_modules', '@types'), "with the project's @types/node"))
  for (const version of nodeVersions) {
    const typeRoot = typeRootOf(version)
    if (typeRoot !== undefined) worlds.push(...worldsOf(typeRoot, `with @types/node ${version}`))
  }
  return worlds
}

const specifiers = /(["'])(?:node:)?(http2?|https|net|tls|dns|dns\/promises|dgram|url)\1/g

const testsFolder = process.env['PLAINWIRE_TYPES_TESTS']

/** @returns what keeps the tests of DefinitelyTyped from being judges; undefined: nothing */
export const noTests: string | undefined =
  testsFolder === undefined ? 'no tests of DefinitelyTyped: PLAINWIRE_TYPES_TESTS names their folder' : undefined

/**
 * Tests of DefinitelyTyped with a version of @types/node, compiled as its project has them compiled. A test passes if no line fails
 * with plainwire that does not fail with Node's modules: tests of one version are of use with the others.
 */
export function judgeTests(version: NodeVersion): Verdict[] {
  const typeRoot = typeRootOf(version)
  if (typeRoot === undefined || testsFolder === undefined) return []
  const tests = join(testsFolder, version)
  if (!existsSync(tests)) return []
  const options = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    module: 'node16',
  }
  const name = `tests of @types/node ${version}`
  const world: World = { name, typeRoot, options: { ...options, skipLibCheck: false }, kinds: ['CommonJS'] }
  const names = readdirSync(tests).filter(file => file.endsWith('.ts'))
  const withNode = failures(world, tests, names, source => source)
  const withOurs = failures(world, tests, names, source => source.replace(specifiers, '$1plainwire/$2$1'))
  // What is said of a declaration is said of every test.
  const isGeneral = [...withOurs].some(line => !withNode.has(line) && !names.some(file => isOf(file, line)))
  return names.map(file => ({
    program: file.replace(/\.ts$/, ''),
    world: name,
    compiles: !isGeneral && [...withOurs].every(line => withNode.has(line) || !isOf(file, line)),
  }))
}

/** Which lines the compiler complains of: `http.cts:12`. */
function failures(
  world: World,
  folder: string,
  names: readonly string[],
  edit: (source: string) => string,
): Set<string> {
  // Below the package, whose own name leads to it there.
  const copies = mkdtempSync(join(root, 'dist', 'tests-of-types-'))
  try {
    const files = names.map(name => {
      const path = join(copies, name.replace(/\.ts$/, '.cts'))
      writeFileSync(path, edit(readFileSync(join(folder, name), 'utf8')))
      return path
    })
    const complaints = compile(world, files)
    return new Set(Array.from(complaints.matchAll(complaint), ([, path, line]) => `${basename(path ?? '')}:${line}`))
  } finally {
    rmSync(copies, { recursive: true })
  }
}

const complaint = /^(\S[^(\n]*)\((\d+),\d+\): error/gm

function isOf(name: string, line: string): boolean {
  return line.startsWith(`${name.replace(/\.ts$/, '.cts')}:`)
}

function verdicts(world: World, files: readonly string[]): Verdict[] {
  const complaints = compile(world, files)
  const blamed = new Set(Array.from(complaints.matchAll(complaint), match => basename(match[1] ?? '')))
  const names = files.map(file => basename(file))
  // What is said of a declaration is said of every program.
  const isGeneral = complaints !== '' && ![...blamed].every(name => names.includes(name))
  return names.map(name => ({
    program: name.replace(/\.[^.]+$/, ''),
    world: world.name,
    compiles: complaints === '' || (!isGeneral && blamed.size > 0 && !blamed.has(name)),
  }))
}
