// On Node 20 a package's ES module that is required has imports which no hook hears of: its CommonJS form goes before it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, it } from 'node:test'
import { registerFile } from '../../src/cli/run.ts'
import { commonJsForm } from '../../src/register/commonjs-form.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plainwire-forms-')))
after(() => rmSync(folder, { recursive: true }))

function put(path: string, content: string | object): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const module = `import http from 'node:http'; export const server = http.Server; export const form = 'module'`
const commonJs = `exports.server = require('node:http').Server; exports.form = 'commonjs'`
put('node_modules/both/package.json', {
  exports: {
    '.': {
      'module-sync': './index.mjs',
      node: { require: './index.js', import: './index.mjs' },
      default: './index.mjs',
    },
    './parts/*': [{ 'module-sync': './parts/*.mjs' }, { require: './parts/*.cjs' }],
    './parts/special/*': { 'module-sync': './special.mjs', require: './*.js' },
    './gone': { 'module-sync': './index.mjs', require: './gone.cjs' },
  },
})
for (const file of ['index.mjs', 'parts/a.mjs', 'special.mjs']) put(`node_modules/both/${file}`, module)
for (const file of ['index.js', 'parts/a.cjs']) put(`node_modules/both/${file}`, commonJs)
put('node_modules/@scope/only/package.json', { type: 'module', exports: './index.js' })
put('node_modules/@scope/only/index.js', module)
const inBoth = (file: string) => join(folder, 'node_modules/both', file)

it('finds the file that require is meant to have', () => {
  assert.equal(commonJsForm('both', inBoth('index.mjs')), inBoth('index.js'))
  assert.equal(commonJsForm('both/parts/a', inBoth('parts/a.mjs')), inBoth('parts/a.cjs'))
  assert.equal(commonJsForm('both/parts/special/index', inBoth('special.mjs')), inBoth('index.js'))
})

it('leaves what has no such form, or needs none, as it is', () => {
  assert.equal(commonJsForm('both', inBoth('index.js')), undefined)
  assert.equal(commonJsForm('both/gone', inBoth('index.mjs')), undefined)
  assert.equal(commonJsForm('both/unknown', inBoth('index.mjs')), undefined)
  assert.equal(commonJsForm('./index.mjs', inBoth('index.mjs')), undefined)
  assert.equal(commonJsForm('#inside', inBoth('index.mjs')), undefined)
  assert.equal(commonJsForm('@scope/only', join(folder, 'node_modules/@scope/only/index.js')), undefined)
})

it('gives a program one http, whichever form it requires', () => {
  const file = put('main.cjs', `console.log(require('both').server === require('http').Server)`)
  const { stdout } = spawnSync(process.execPath, ['--require', registerFile, file], { encoding: 'utf8' })
  assert.equal(stdout, 'true\n')
})
