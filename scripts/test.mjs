// Runs the compiled tests under dist/test with Node's own runner: `node scripts/test.mjs [part of a path ...]`.
// Node 20's runner takes no globs, and its directory mode would run the support files as tests.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const compiled = join(root, 'dist', 'test')
const wanted = process.argv.slice(2)

const files = readdirSync(compiled, { recursive: true })
  .map(name => join(compiled, String(name)))
  .filter(name => name.endsWith('.test.js'))
  .filter(name => wanted.length === 0 || wanted.some(part => relative(compiled, name).includes(part)))
  .filter(name => {
    const source = join(root, relative(join(root, 'dist'), name)).replace(/\.js$/, '.ts')
    // A test that was renamed or removed leaves its compiled form behind.
    if (existsSync(source)) return true
    rmSync(name)
    return false
  })
  .sort()

if (files.length === 0) {
  console.error(wanted.length > 0 ? `no test file matches: ${wanted.join(' ')}` : 'no tests: run npm run build first')
  process.exit(1)
}

const args = ['--enable-source-maps', '--test', '--test-concurrency=2', ...files]
const result = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root })
process.exit(result.status ?? 1)
