// The recipes of docs/test-runners.md, run as they stand there, with the real runners: `npm run tools -- runners`.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { tools } from '../support/tools.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { folder: runners, missing } = tools('runners')

interface Recipe {
  title: string
  files: { name: string; content: string }[]
  commands: string[]
}

/** Each section of the guide: its code blocks that begin with a file's name, and its commands. */
function readRecipes(): Recipe[] {
  const guide = readFileSync(join(root, 'docs', 'test-runners.md'), 'utf8')
  return guide
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const recipe: Recipe = { title: section.slice(0, section.indexOf('\n')), files: [], commands: [] }
      for (const [, language, code = ''] of section.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
        const name = /^\/\/ (\S+)\n/.exec(code)?.[1]
        if (language === 'sh') recipe.commands.push(...code.trim().split('\n'))
        else if (name !== undefined) recipe.files.push({ name, content: code })
      }
      return recipe
    })
    .filter(recipe => recipe.commands.length > 0)
}

/** What a test or program checks; it leaves a line behind where all is well. */
const checks = `
  async function check() {
    assert.equal(http, door)
    assert.equal(http.Server, Server)
    assert.equal(url.URL, URL)
    const network = new MemoryNetwork()
    const [server, client] = ['server', 'client'].map(name => new MemoryHost({ name, network }))
    const listening = server.run(() => http.createServer((_, response) => response.end('hello')).listen(80))
    const text = await new Promise((resolve, reject) => {
      const receive = response => response.on('data', chunk => resolve(String(chunk)))
      client.run(() => http.get('http://server/', receive).on('error', reject))
    })
    assert.equal(text, 'hello')
    await new Promise(resolve => listening.close(resolve))
    appendFileSync(process.env.PLAINWIRE_MARKS, 'passed\\n')
  }`
const required = `
  const assert = require('node:assert')
  const { appendFileSync } = require('node:fs')
  const http = require('node:http')
  const { Server } = require('http')
  const url = require('node:url')
  const door = require('plainwire/http')
  const { MemoryHost, MemoryNetwork } = require('plainwire/host')`
const imported = `
  import assert from 'node:assert'
  import { appendFileSync } from 'node:fs'
  import http, { Server } from 'node:http'
  import url from 'url'
  import door from 'plainwire/http'
  import { MemoryHost, MemoryNetwork } from 'plainwire/host'`
const asTest = `\n;(globalThis.test ?? globalThis.it ?? process.getBuiltinModule('node:test').test)('check', check)\n`
const asProgram = '\nconst result: Promise<void> = check()\n'

function linkFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkFolder(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else linkSync(source, target)
  }
}

describe('the guide to test runners', { skip: missing }, () => {
  let folder: string
  before(() => {
    // Beside the tools, since links do not reach other disks; and no symbolic links: runners load what a configuration names
    // from where they are themselves.
    folder = mkdtempSync(`${runners}-`)
    const modules = join(folder, 'node_modules')
    linkFolder(join(runners, 'node_modules'), modules)
    // As installed from npm: files of its own, below node_modules.
    for (const part of ['package.json', 'dist/src', 'types']) {
      cpSync(join(root, part), join(modules, 'plainwire', part), { recursive: true })
    }
    writeFileSync(join(folder, 'a.test.cjs'), required + checks + asTest)
    writeFileSync(join(folder, 'b.test.mjs'), imported + checks + asTest)
    writeFileSync(join(folder, 'program.cts'), required + checks + asProgram)
    writeFileSync(join(folder, 'program.mts'), imported + checks + asProgram)
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const { title, files, commands } of readRecipes()) {
    for (const command of commands) {
      it(`${title}: ${command}`, () => {
        for (const { name, content } of files) writeFileSync(join(folder, name), content)
        const marks = join(folder, 'marks')
        const env: NodeJS.ProcessEnv = { ...process.env, PLAINWIRE_MARKS: marks, NO_COLOR: '1' }
        // Else node:test takes itself for a part of the run around it.
        delete env['NODE_TEST_CONTEXT']
        const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' })
        for (const { name } of files) rmSync(join(folder, name))
        const passed = existsSync(marks) ? readFileSync(marks, 'utf8') : ''
        rmSync(marks, { force: true })
        assert.equal(status, 0, stdout + stderr)
        const count = command.includes('.test.cjs *.test.mjs') || command === 'npx mocha' ? 2 : 1
        assert.equal(passed, 'passed\n'.repeat(count), stdout + stderr)
      })
    }
  }
})
