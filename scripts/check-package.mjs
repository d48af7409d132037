// The package as it is published, `npm run check:package`: its size, what publint and "are the types wrong" say of it, and a
// project that has installed it: every subpath by `import`, by `require` and in TypeScript. Packs what is built.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { exit } from 'node:process'
import { fileURLToPath } from 'node:url'

const LARGEST_TARBALL = 1_500_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { name, exports, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const tool = command => join(root, 'node_modules', '.bin', command)
const folder = mkdtempSync(join(tmpdir(), 'plainwire-package-'))
/** @type {string[]} */
const problems = []

try {
  const tarball = pack()
  check(`the tarball has ${statSync(tarball).size} bytes`, statSync(tarball).size <= LARGEST_TARBALL)
  run('publint', tool('publint'), [tarball, '--strict'])
  // node10 knows no subpath exports; nothing that runs this package resolves like that.
  run('attw', tool('attw'), [tarball, '--profile', 'node16', '--format', 'table-flipped', '--no-emoji'])
  useIt(tarball)
} finally {
  rmSync(folder, { recursive: true })
}
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'the package: as it should be' : `the package: ${problems.length} problems`)
exit(problems.length === 0 ? 0 : 1)

/** @returns the tarball's path */
function pack() {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const told = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
  // An array of packages, or by newer npm an object with each by its name.
  const [{ filename }] = Object.values(told)
  return join(folder, filename)
}

/** A project of somebody else's, with the package and its dependencies installed. */
function useIt(tarball) {
  const project = join(folder, 'consumer')
  const installed = join(project, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const dependency of allDependencies(Object.keys(dependencies))) {
    cpSync(join(root, 'node_modules', dependency), join(project, 'node_modules', dependency), { recursive: true })
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')

  const subpaths = Object.keys(exports).filter(path => path !== './package.json' && path !== './register')
  const names = subpaths.map(path => `${name}/${path.slice(2)}`)
  const lines = each => names.map(each).join('\n')
  const named =
    'for (const [at, one] of all.entries()) if (Object.keys(one).length === 0) throw new Error(`entry ${at} is empty`)'

  writeFileSync(
    join(project, 'all.mjs'),
    `${lines((one, at) => `import * as e${at} from '${one}'`)}
const all = [${names.map((_, at) => `e${at}`)}]
${named}`,
  )
  writeFileSync(join(project, 'all.cjs'), `const all = [${names.map(one => `require('${one}')`)}]\n${named}`)
  run('every subpath by import', process.execPath, ['all.mjs'], project)
  run('every subpath by require', process.execPath, ['all.cjs'], project)
  const program = `if (!Object.keys(require('${name}/net')).includes('Socket') || require('net') !== require('${name}/net')) process.exit(1)`
  run('the redirection', process.execPath, ['--require', `${name}/register`, '-e', program], project)
  run('the command', process.execPath, [join(installed, 'dist/src/cli/main.js'), '--version'], project)

  mkdirSync(join(project, 'node_modules', '@types'))
  const types = join(root, 'node_modules', '@types', 'node')
  for (const withNode of [false, true]) {
    if (withNode) symlinkSync(types, join(project, 'node_modules', '@types', 'node'))
    for (const [file, module, resolution] of [
      ['all.mts', 'nodenext', 'nodenext'],
      ['all.cts', 'nodenext', 'nodenext'],
      ['all.ts', 'esnext', 'bundler'],
    ]) {
      writeFileSync(
        join(project, file),
        `${lines((one, at) => `import * as e${at} from '${one}'`)}
export const all: readonly object[] = [${names.map((_, at) => `e${at}`)}]\n`,
      )
      const options = ['--module', module, '--moduleResolution', resolution, '--strict', '--skipLibCheck', 'false']
      const args = [file, '--noEmit', '--target', 'es2022', ...options, '--types', withNode ? 'node' : '']
      run(`${file} by ${resolution}, ${withNode ? 'with' : 'without'} @types/node`, tool('tsc'), args, project)
    }
  }
}

/** Those of dependencies too. */
function allDependencies(names) {
  const found = new Set()
  const add = one => {
    if (found.has(one)) return
    found.add(one)
    const manifest = JSON.parse(readFileSync(join(root, 'node_modules', one, 'package.json'), 'utf8'))
    for (const further of Object.keys(manifest.dependencies ?? {})) add(further)
  }
  for (const one of names) add(one)
  return found
}

function run(what, command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_PATH: '' },
  })
  check(status === 0 ? what : `${what}:\n${stdout}${stderr}`, status === 0)
}

function check(what, isRight) {
  if (isRight) console.log(`ok: ${what}`)
  else problems.push(`not as it should be: ${what}`)
}
