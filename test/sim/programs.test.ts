// Programs as one finds them, on several machines of one process. They get our modules by `plainwire/register`, so they
// run in a process of their own.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const register = fileURLToPath(new URL('../../src/register/register.cjs', import.meta.url))
const sim = new URL('../../src/sim/index.js', import.meta.url).href

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-programs-'))
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
})
after(() => rmSync(folder, { recursive: true }))

function file(name: string, source: string): void {
  writeFileSync(join(folder, name), source)
}

/** Runs a scenario with `net` and `assert` at hand. @returns what it prints */
function run(body: string): string[] {
  file(
    'scenario.mjs',
    `import assert from 'node:assert/strict'
import http from 'node:http'
import { Network } from ${JSON.stringify(sim)}
const net = new Network({ seed: 7 })
const get = url => new Promise((resolve, reject) => {
  http.get(url, response => response.setEncoding('utf8').on('data', resolve)).on('error', reject)
})
${body}`,
  )
  const result = spawnSync(process.execPath, ['--require', register, join(folder, 'scenario.mjs')], {
    encoding: 'utf8',
  })
  assert.equal(result.stderr, '')
  assert.equal(result.status, 0)
  return result.stdout.trimEnd().split('\n')
}

test('an unmodified Express application, on two machines at the same port', () => {
  file(
    'app.mjs',
    `import express from 'express'
import os from 'node:os'
let visits = 0
const app = express()
app.get('/:name', (request, response) => response.send(\`hello \${request.params.name}, visitor \${++visits}\`))
app.listen(80)`,
  )
  const lines = run(`
const [one, two, client] = ['one', 'two', 'client'].map(name => net.host(name))
for (const host of [one, two]) await net.until(host.load('${join(folder, 'app.mjs')}'))
for (const url of ['http://one/a', 'http://two/b', 'http://one/c']) console.log(await net.until(client.run(() => get(url))))
await assert.rejects(net.until(client.run(() => get('http://client/'))), { code: 'ECONNREFUSED' })`)
  // Each has a count of its own.
  assert.deepEqual(lines, ['hello a, visitor 1', 'hello b, visitor 1', 'hello c, visitor 2'])
})

test('unmodified ws servers and clients, two of each', () => {
  file(
    'chat.mjs',
    `import { WebSocketServer } from 'ws'
const server = new WebSocketServer({ port: 8080 })
server.on('connection', socket => {
  socket.on('message', data => {
    for (const other of server.clients) other.send(\`\${server.clients.size}: \${data}\`)
  })
})`,
  )
  const lines = run(`
import WebSocket from 'ws'
const lan = net.switch({ latency: '20ms', loss: 0.05 })
const [one, two, ann, bob] = ['one', 'two', 'ann', 'bob'].map(name => net.host(name))
for (const host of [one, two]) await net.until(host.load('${join(folder, 'chat.mjs')}'))
const talk = (host, where, text) => host.run(() => new Promise((resolve, reject) => {
  const socket = new WebSocket(\`ws://\${where}:8080\`)
  socket.on('open', () => socket.send(text))
  socket.on('message', data => { socket.close(); socket.on('close', () => resolve(String(data))) })
  socket.on('error', reject)
}))
console.log(...await net.until(Promise.all([talk(ann, 'one', 'I am Ann'), talk(bob, 'two', 'I am Bob')])))
console.log(await net.until(talk(bob, 'one', 'large '.repeat(20000))).then(text => text.length))`)
  assert.deepEqual(lines, ['1: I am Ann 1: I am Bob', '120003'])
})

test('a program that reads files, packs and hashes gets all the time it needs', () => {
  const lines = run(`
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { pbkdf2 } from 'node:crypto'
import { gzip } from 'node:zlib'
const host = net.host('host')
const other = net.host('other')
other.run(() => setInterval(() => {}, 1))
const took = await net.until(host.run(async () => {
  const begin = performance.now()
  await readFile(${JSON.stringify(register)})
  await promisify(pbkdf2)('password', 'salt', 20000, 64, 'sha512')
  await import('node:querystring')
  const afterAll = performance.now() - begin
  await promisify(gzip)('x'.repeat(100000))
  return afterAll
}))
console.log(took)`)
  assert.deepEqual(lines, ['0'])
})
