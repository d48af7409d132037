// `npm start`: that the programs under examples/ run on our modules, and that it would say so if they did not.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url))

function start(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
}

it('runs every program under examples/ on the stack', () => {
  const { status, stdout, stderr } = start()
  assert.equal(stderr, '')
  assert.equal(status, 0, stdout)
  assert.match(stdout, /^All \d+ programs ran on plainwire/m)
  assert.match(stdout, /plainwire's net: accepted connections: 3 \(.*: 3; past it: 0\)/)
})

it('fails loudly where a program fails, prints other things, or goes past our modules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-start-'))
  writeFileSync(join(folder, 'fails.cjs'), "console.log('as it should be'); process.exitCode = 3")
  // The global fetch stands on the runtime's own sockets.
  writeFileSync(
    join(folder, 'past.cjs'),
    `const server = require('net').createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => fetch('http://127.0.0.1:' + port).catch(() => {}))
    })`,
  )
  writeFileSync(
    join(folder, 'list.mjs'),
    `const carried = { net: { 'opened connections': 0 } }
    export const programs = [
      { title: 'One', file: 'fails.cjs', shows: [/something else/], carried: { net: { 'opened connections': 1 } } },
      { title: 'Two', file: 'past.cjs', shows: [], carried },
    ]`,
  )
  const { status, stdout } = start(join(folder, 'list.mjs'))
  rmSync(folder, { recursive: true })
  assert.equal(status, 1)
  for (const problem of [
    'FAILED: fails.cjs ended with exit code 3',
    'FAILED: the output has nothing like /something else/',
    'FAILED: net should have carried 1 opened connections, and carried 0',
    "FAILED: 1 opened connections went past plainwire's net",
    '2 of 2 programs FAILED',
  ]) {
    assert.ok(stdout.includes(problem), `${problem}\n${stdout}`)
  }
})
