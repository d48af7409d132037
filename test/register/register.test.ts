// The redirection as programs meet it: each test starts the runtime with the register file on a small program.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { registerFile } from '../../src/cli/run.ts'
import { isOwnFile, redirectedModules, replacementOf } from '../../src/register/modules.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-register-'))
  writeFileSync(
    join(folder, 'dependency.cjs'),
    `module.exports = { bare: require('url'), scheme: require('node:url'), asked: process.getBuiltinModule('url') }`,
  )
})
after(() => rmSync(folder, { recursive: true }))

/** @returns what the program printed, having ended well and printed no warning */
function run(name: string, program: string, flag = '--require'): string {
  const file = join(folder, name)
  writeFileSync(file, program)
  const { stdout, stderr, status } = spawnSync(process.execPath, [flag, registerFile, file], { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  return stdout.trim()
}

/** The redirection relates our class to the runtime's by this. */
const isOurs = '.URL.hasOwnProperty(Symbol.hasInstance)'

for (const flag of ['--require', '--import']) {
  describe(`a program under ${flag}`, () => {
    it('gets our module by require, in its dependencies too', () => {
      const program = `
        const own = require('url'), { bare, scheme, asked } = require('./dependency.cjs')
        console.log(own${isOurs}, own === bare, own === scheme, own === asked)`
      assert.equal(run('require.cjs', program, flag), 'true true true true')
    })

    it('gets our module by import: named, default, namespace and dynamic', () => {
      const program = `
        import url, { parse } from 'node:url'
        import * as namespace from 'url'
        import { bare } from './dependency.cjs'
        const later = await import('url')
        console.log(url${isOurs}, url === bare, url.parse === parse, namespace.parse === parse, later === namespace,
          later.default === url)`
      assert.equal(run('import.mjs', program, flag), 'true true true true true true')
    })

    it('hands the redirection on to forked processes', () => {
      const program = `
        const url = require('url')
        if (process.argv[2]) console.log(url${isOurs})
        else require('child_process').fork(__filename, ['child'])`
      assert.equal(run('fork.cjs', program, flag), 'true')
    })

    it('hands the redirection on to worker threads that run a file', () => {
      const program = `
        import { isMainThread, Worker } from 'node:worker_threads'
        import url from 'url'
        if (isMainThread) new Worker(new URL(import.meta.url))
        else console.log(url${isOurs})`
      assert.equal(run('worker.mjs', program, flag), 'true')
    })
  })
}

it('reaches what a worker thread evaluates, under --require', () => {
  const program = `
    new (require('worker_threads').Worker)("console.log(require('url')${isOurs})", { eval: true })`
  assert.equal(run('evaluated.cjs', program), 'true')
})

it('gives an object that a program may change, as the runtime does', () => {
  const program = `
    'use strict'
    const url = require('url'), { parse } = url
    url.parse = () => 'mine'
    console.log(require('node:url').parse(''), Object.getOwnPropertyNames(url).length > 5)
    url.parse = parse`
  assert.equal(run('change.cjs', program), 'mine true')
})

it('leaves other modules, and the names of the global object, as they are', () => {
  const program = `
    console.log(JSON.stringify([Object.keys(globalThis), require('path') === process.getBuiltinModule('node:path')]))`
  const plain = spawnSync(process.execPath, ['-e', 'console.log(JSON.stringify(Object.keys(globalThis)))'])
  const names = JSON.parse(run('globals.cjs', program))[0] as string[]
  // Programs given with -e have the built-in modules as globals besides.
  for (const name of names) assert.ok(plain.stdout.toString().includes(`"${name}"`), name)
})

it('may be asked for twice', () => {
  const file = join(folder, 'twice.cjs')
  writeFileSync(file, `console.log(require('url')${isOurs})`)
  const args = ['--require', registerFile, '--import', registerFile, file]
  assert.equal(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout, 'true\n')
})

it('gives for every module in the table all that the runtime has under that name', () => {
  const program = `
    const names = ${JSON.stringify(redirectedModules)}
    const missing = names.filter(name => Object.keys(require(name)).length === 0)
    Promise.all(names.map(async name => (await import(name)).default === require('node:' + name)))
      .then(same => console.log(missing.length, same.every(Boolean)))`
  assert.equal(run('table.cjs', program), '0 true')
})

describe('the table', () => {
  it('knows a module with and without its scheme, and nothing by accident', () => {
    assert.equal(replacementOf('node:url')?.name, 'url')
    assert.equal(replacementOf('url')?.name, 'url')
    for (const other of ['url/', 'constructor', '__proto__', 'node:node:url', './url', 'fs', '']) {
      assert.equal(replacementOf(other), undefined, other)
    }
  })

  it('tells our own files from others', () => {
    assert.ok(isOwnFile(registerFile))
    assert.ok(isOwnFile(new URL('../../src/register/modules.js', import.meta.url).href))
    for (const other of [undefined, '/srv/app.js', import.meta.url]) assert.equal(isOwnFile(other), false)
  })
})
