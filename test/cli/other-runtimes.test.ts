// The redirection on runtimes that it cannot work on: it says so, and ends before the program begins.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { registerFile } from '../../src/cli/run.ts'
import { tools } from '../support/tools.ts'

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const { folder: runtimes, missing } = tools('runtimes')
const bun = join(runtimes, 'node_modules/@oven/bun-linux-x64/bin/bun')
const deno = join(runtimes, 'node_modules/@deno/linux-x64-glibc/deno')

let folder: string
let program: string
let importer: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-runtimes-'))
  program = join(folder, 'program.cjs')
  importer = join(folder, 'importer.mjs')
  writeFileSync(program, "console.log('the program ran')")
  writeFileSync(importer, `import ${JSON.stringify(registerFile)}\nconsole.log('the program ran')`)
})
after(() => rmSync(folder, { recursive: true }))

function refuses(binary: string, args: readonly string[], reason: RegExp): void {
  const env = { ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' }
  const { stdout, stderr, status } = spawnSync(binary, args, { encoding: 'utf8', env })
  assert.equal(stdout, '')
  assert.match(stderr, reason)
  assert.equal(stderr.split('\n').length, 2, stderr)
  assert.equal(status, 1)
}

const inBun = /^plainwire: the redirection needs Node\.js 20\.19, 22\.12 or newer; this is Bun \d/
const inDeno = /^plainwire: the redirection needs Node\.js 20\.19, 22\.12 or newer; this is Deno \d/

describe('Bun', { skip: missing }, () => {
  it('is refused by plainwire run', () => refuses(bun, [command, 'run', program], inBun))
  it('is refused as --preload', () => refuses(bun, ['--preload', registerFile, program], inBun))
  it('is refused by import', () => refuses(bun, [importer], inBun))
})

describe('Deno', { skip: missing }, () => {
  it('is refused by plainwire run', () => refuses(deno, ['run', '-A', command, 'run', program], inDeno))
  it('is refused as --preload', () => refuses(deno, ['run', '-A', '--preload', registerFile, program], inDeno))
  it('is refused by import', () => refuses(deno, ['run', '-A', importer], inDeno))
})

it('Node is refused where it cannot require ES modules', () => {
  const { whyUnsupported } = createRequire(import.meta.url)('../../src/register/runtime.cjs') as {
    whyUnsupported: (versions: Record<string, string>) => string | undefined
  }
  const reasonFor = (node: string): string | undefined => whyUnsupported({ node })
  for (const version of ['18.20.8', '20.18.3', '21.7.3', '22.11.0']) {
    assert.equal(reasonFor(version), `the redirection needs Node.js 20.19, 22.12 or newer; this is ${version}`)
  }
  for (const version of ['20.19.0', '22.12.0', '23.0.0', '26.1.0', process.versions.node]) {
    assert.equal(reasonFor(version), undefined)
  }
})
