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
 * Tests of DefinitelyTyped, each with the version of @types/node that it is for, compiled as its project has them compiled.
 * @param of - 'plainwire', or 'node': as they are
 */
export function judgeTests(version: NodeVersion, of: 'plainwire' | 'node'): Verdict[] {
  const typeRoot = typeRootOf(version)
  if (typeRoot === undefined || testsFolder === undefined) return []
  const tests = join(testsFolder, version)
  if (!existsSync(tests)) return []
  // Below the package, whose own name leads to it there.
  const copies = mkdtempSync(join(root, 'dist', 'tests-of-types-'))
  try {
    const files = readdirSync(tests)
      .filter(name => name.endsWith('.ts'))
      .map(name => {
        const source = readFileSync(join(tests, name), 'utf8')
        const path = join(copies, name.replace(/\.ts$/, '.cts'))
        writeFileSync(path, of === 'node' ? source : source.replace(specifiers, '$1plainwire/$2$1'))
        return path
      })
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'],
      module: 'node16',
    }
    const name = `tests of @types/node ${version}`
    return verdicts({ name, typeRoot, options: { ...options, skipLibCheck: false }, kinds: ['CommonJS'] }, files)
  } finally {
    rmSync(copies, { recursive: true })
  }
}

function verdicts(world: World, files: readonly string[]): Verdict[] {
  const complaints = compile(world, files)
  const blamed = new Set(
    Array.from(complaints.matchAll(/^(\S[^(\n]*)\(\d+,\d+\): error/gm), match => basename(match[1] ?? '')),
  )
  const names = files.map(file => basename(file))
  // What is said of a declaration is said of every program.
  const isGeneral = complaints !== '' && ![...blamed].every(name => names.includes(name))
  return names.map(name => ({
    program: name.replace(/\.[^.]+$/, ''),
    world: world.name,
    compiles: complaints === '' || (!isGeneral && blamed.size > 0 && !blamed.has(name)),
  }))
}
