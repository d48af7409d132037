// The doors of the package: what `import` and `require` give for each entry of `exports`, in Node and in module systems of
// others. Whoever evaluates a door, and however often, gets the same modules.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { registerFile } from '../../src/cli/run.ts'

interface Entry {
  default: string
  node?: { require: string; default: string }
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, Entry> }
const require = createRequire(import.meta.url)

/** All but those that Node itself reads or runs. */
const entries = Object.entries(manifest.exports).filter(([name]) => !['./package.json', './register'].includes(name))

for (const [name, entry] of entries) {
  describe(`plainwire${name.slice(1)}`, () => {
    it('has doors for Node, and none where a bundler takes the module itself', () => {
      const door = name.slice(2).replace('/', '-')
      assert.deepEqual(entry.node, { require: `./dist/src/doors/${door}.cjs`, default: `./dist/src/doors/${door}.js` })
      // The first that applies counts. Bundlers for Node ask for 'module' and 'node', Deno and Bun for 'node' too.
      const order = Object.keys(entry)
      for (const direct of ['module', 'deno', 'bun']) assert.ok(order.indexOf(direct) < order.indexOf('node'), direct)
    })

    it('exports what the module exports', async () => {
      const module = (await import(pathToFileURL(join(root, entry.default)).href)) as Record<string, unknown>
      const door = (await import(pathToFileURL(join(root, entry.node?.default ?? '')).href)) as Record<string, unknown>
      assert.deepEqual(Object.keys(door).sort(), Object.keys(module).sort())
      for (const key of Object.keys(module)) assert.equal(door[key], module[key], key)
      assert.equal(require(join(root, entry.node?.require ?? '')), module['default'] ?? module)
    })
  })
}

describe('a door in the sandbox of a test runner', () => {
  /** Evaluates CommonJS files anew in a context of its own, as jest does, and cannot require ES modules. */
  function sandbox(): (file: string) => unknown {
    const context = createContext({ process, Map, Set })
    const load = (file: string): unknown => {
      const source = readFileSync(file, 'utf8')
      assert.doesNotMatch(source, /^(import|export) /m, `${file} is an ES module`)
      const module = { exports: {} }
      const wrapper = runInContext(`(function (require, module, exports, __dirname) {${source}\n})`, context, {
        filename: file,
      }) as (...args: unknown[]) => void
      wrapper((name: string) => load(join(dirname(file), name)), module, module.exports, dirname(file))
      return module.exports
    }
    return load
  }

  it('gives the modules that the process has', () => {
    for (const [name, { node }] of entries) {
      const file = join(root, node?.require ?? '')
      assert.equal(sandbox()(file), require(file), name)
      assert.equal(sandbox()(file), sandbox()(file), name)
    }
  })
})

describe('the redirection', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plainwire-doors-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function run(preload: string, ...flags: string[]): string {
    const [before, program] = [join(folder, 'preload.cjs'), join(folder, 'program.mjs')]
    writeFileSync(before, preload)
    writeFileSync(
      program,
      `import http, { Server } from 'node:http'
       import { createRequire } from 'node:module'
       import url from 'url'
       import * as door from ${JSON.stringify(new URL('../../src/doors/http.js', import.meta.url).href)}
       const require = createRequire(import.meta.url)
       console.log(http === require('http'), Server === http.Server, door.Server === Server, door.default === http,
         url.URL === URL)`,
    )
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, program], { encoding: 'utf8' })
    return stderr + stdout
  }

  /** What tools do that translate what is required: here the translation breaks any file of ours. */
  const translator = `
    const Module = require('module')
    for (const extension of ['.js', '.mjs', '.cjs']) {
      const original = Module._extensions[extension] ?? Module._extensions['.js']
      Module._extensions[extension] = (module, filename) => {
        if (/dist.src.*\\.m?js$/.test(filename)) throw new Error('translated ' + filename)
        original(module, filename)
      }
    }`

  for (const order of ['before', 'after']) {
    it(`loads its modules past tools that translate what is required, preloaded ${order} it`, () => {
      const tool = ['--require', join(folder, 'preload.cjs')]
      const own = ['--require', registerFile]
      const flags = order === 'before' ? [...tool, ...own] : [...own, ...tool]
      assert.equal(run(translator, ...flags), 'true true true true true\n')
    })
  }

  it('is not caught in a circle by hooks of the loader that look at the global URL', () => {
    const hook = `
      const Module = require('module')
      const original = Module._resolveFilename
      Module._resolveFilename = function (request, ...rest) {
        new URLSearchParams(new URL('x:' + request).search)
        return Reflect.apply(original, this, [request, ...rest])
      }
      const resolve = (specifier, context, next) => {
        new URLSearchParams(new URL('x:' + specifier).search)
        return next(specifier, context)
      }
      Module.registerHooks?.({ resolve })`
    const flags = ['--require', registerFile, '--require', join(folder, 'preload.cjs')]
    assert.equal(run(hook, ...flags), 'true true true true true\n')
  })
})
