// The package as it is published: its files alone, in a consumer's node_modules, give all that programs need of types.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { it } from 'node:test'
import { compile, programsFor, root, worldsOf } from './worlds.ts'

it('brings its declarations along: programs outside of the repository compile against the packed files', () => {
  const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'plainwire-consumer-')))
  try {
    const installed = join(consumer, 'node_modules', 'plainwire')
    for (const path of packedFiles()) {
      mkdirSync(dirname(join(installed, path)), { recursive: true })
      cpSync(join(root, path), join(installed, path))
    }
    writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }')
    for (const world of worldsOf(undefined, 'a consumer', ['nodenext'])) {
      const programs = programsFor(world).map(program => {
        const copy = join(consumer, basename(program))
        cpSync(program, copy)
        return copy
      })
      assert.equal(compile(world, programs), '')
    }
  } finally {
    rmSync(consumer, { recursive: true })
  }
})

function packedFiles(): string[] {
  const { stdout, stderr, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  assert.equal(status, 0, stderr)
  const packed: unknown = JSON.parse(stdout)
  // An array of packages, or by newer npm an object with each by its name.
  const [only] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as { files: { path: string }[] }[]
  assert.ok(only)
  return only.files.map(({ path }) => path)
}
