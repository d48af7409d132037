// Consumers' projects: the programs in programs/ compiled as strictly as the compiler can, against the built package, which
// they find by its name. A world is a set of the compiler's options.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const programsFolder = join(root, 'test', 'types', 'programs')

export type Kind = 'ES module' | 'CommonJS' | 'JavaScript'

export interface World {
  readonly name: string
  /** The folder that `@types/node` is in; undefined: the program has none. */
  readonly typeRoot: string | undefined
  readonly options: Readonly<Record<string, unknown>>
  /** What this world's compiler takes. */
  readonly kinds: readonly Kind[]
}

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  skipLibCheck: false,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  target: 'es2022',
  lib: ['es2022'],
}

const resolutions: readonly Pick<World, 'name' | 'options' | 'kinds'>[] = [
  { name: 'nodenext', options: { module: 'nodenext' }, kinds: ['ES module', 'CommonJS', 'JavaScript'] },
  { name: 'node20', options: { module: 'node20' }, kinds: ['ES module', 'CommonJS', 'JavaScript'] },
  { name: 'node16', options: { module: 'node16' }, kinds: ['ES module', 'CommonJS', 'JavaScript'] },
  {
    name: 'bundler',
    options: { module: 'esnext', moduleResolution: 'bundler' },
    kinds: ['ES module', 'JavaScript'],
  },
  {
    name: "bundler, with the browser's types",
    options: { module: 'preserve', lib: ['es2022', 'dom', 'dom.iterable'] },
    kinds: ['ES module', 'JavaScript'],
  },
]

/**
 * @param typeRoot - of `@types/node`, or undefined for worlds without it
 * @param names - of the ways to resolve modules; undefined: all of them
 */
export function worldsOf(typeRoot: string | undefined, label: string, names?: readonly string[]): World[] {
  const wanted = resolutions.filter(({ name }) => names === undefined || names.includes(name))
  return wanted.map(({ name, options, kinds }) => ({
    name: `${label}, ${name}`,
    typeRoot,
    options: { ...strict, ...options },
    kinds,
  }))
}

/** The programs that a world's compiler takes, by their paths. Those about @types/node need it. */
export function programsFor(world: World): string[] {
  return readdirSync(programsFolder)
    .filter(name => world.kinds.includes(kindOf(name)))
    .filter(name => world.typeRoot !== undefined || name !== 'interop.ts')
    .map(name => join(programsFolder, name))
}

/** What the compiler says of the files: nothing, if all is well. */
export function compile(world: World, files: readonly string[], compiler = installedCompiler): string {
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-types-'))
  try {
    const types = world.typeRoot === undefined ? { types: [] } : { types: ['node'], typeRoots: [world.typeRoot] }
    const project = join(folder, 'tsconfig.json')
    writeFileSync(project, JSON.stringify({ compilerOptions: { ...world.options, ...types }, files }))
    const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    })
    return status === 0 ? '' : `${stdout}${stderr}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const installedCompiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

function kindOf(name: string): Kind {
  if (name.endsWith('.cts')) return 'CommonJS'
  return name.endsWith('.js') ? 'JavaScript' : 'ES module'
}
