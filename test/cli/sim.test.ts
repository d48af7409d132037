// `plainwire sim`: what it says, writes, and exits with.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-sim-'))
})
after(() => rmSync(folder, { recursive: true }))

function scenario(name: string, body: string): string {
  const file = join(folder, name)
  writeFileSync(
    file,
    `import assert from 'node:assert/strict'
import http from 'node:http'
export default async function (net) {
  ${body}
}`,
  )
  return file
}

function sim(...args: string[]) {
  return spawnSync(process.execPath, [command, 'sim', ...args], { encoding: 'utf8', cwd: folder, timeout: 60_000 })
}

const exchange = `
  const server = net.host('server'), client = net.host('client')
  server.run(() => http.createServer((_, response) => response.end('hello')).listen(80))
  await net.until(client.run(() => new Promise(resolve => http.get('http://server/', resolve))))`

test('all seeds are run, and none has failed', () => {
  const { stdout, stderr, status } = sim(scenario('good.mjs', exchange), '--seeds', '1..12', '--jobs', '2')
  assert.match(stdout, /^12 seeds in [\d.]+ s, none failed\n$/)
  assert.equal(stderr, '')
  assert.equal(status, 0)
})

test('the first seed that fails is reported, and its packets are written', () => {
  const file = scenario('bad.mjs', `${exchange}\n assert.ok(net.seed < 7, 'seven or more')`)
  const { stdout, status } = sim(file, '--seeds=1..40', '--jobs=2')
  assert.match(stdout, /^seed 7 failed \(\d+ seeds in /)
  assert.match(stdout, /AssertionError.*seven or more/)
  assert.match(stdout, /^Its \d+ packets are in bad-seed-7\.pcapng\.$/m)
  assert.match(stdout, /^To run it again: npx plainwire sim .*bad\.mjs --seed 7$/m)
  assert.equal(status, 1)
  const packets = readFileSync(join(folder, 'bad-seed-7.pcapng'))
  assert.equal(packets.readUInt32LE(0), 0x0a0d0d0a)
  assert.ok(packets.includes('GET / HTTP/1.1'))
})

test('an exception that nobody catches is a failure of its seed', () => {
  const file = scenario(
    'thrown.mjs',
    `net.host('a').run(() => setTimeout(() => { throw new Error('of a timer') }, 5)); await net.run('1s')`,
  )
  const { stdout, status } = sim(file, '--seed', '3', '--out', 'thrown.pcapng')
  assert.match(stdout, /^seed 3 failed/)
  assert.match(stdout, /Error: of a timer/)
  assert.equal(status, 1)
  assert.ok(existsSync(join(folder, 'thrown.pcapng')))
})

test('state that a scenario keeps between runs is told', () => {
  const file = scenario('state.mjs', `globalThis.runs = (globalThis.runs ?? 0) + 1; assert.ok(globalThis.runs < 3)`)
  const { stdout } = sim(file, '--seeds', '1..5', '--jobs', '1')
  assert.match(stdout, /^seed 3 failed/)
  assert.match(stdout, /keeps state between runs/)
})

test('a run that does not end is ended', () => {
  const file = scenario('endless.mjs', 'for (;;);')
  const { stdout, status } = sim(file, '--seed', '1', '--timeout', '1')
  assert.match(stdout, /it did not end within 1 s of real time/)
  assert.equal(status, 1)
})

test('wrong arguments and files that are not there are told with what to do', () => {
  const good = scenario('good.mjs', '')
  const cases: [string[], RegExp][] = [
    [[], /a FILE with a scenario is needed\nUsage: plainwire sim/],
    [[join(folder, 'missing.mjs')], /there is no file .*missing\.mjs/],
    [[folder], /is no file/],
    [[good, '--seeds', '10..1'], /--seeds takes a range such as 1\.\.1000, not 10\.\.1/],
    [[good, '--seed', '1..2'], /--seed takes a whole number, not 1\.\.2/],
    [[good, '--seeds'], /Option '--seeds <value>' argument missing/],
    [[good, '--jobs', '0'], /--jobs takes a whole number above zero, not 0/],
    [[good, '--sed', '1'], /Unknown option '--sed'/],
    [[good, good], /one FILE only/],
  ]
  for (const [args, message] of cases) {
    const { stderr, status } = sim(...args)
    assert.match(stderr, message)
    assert.equal(status, 9)
  }
  writeFileSync(join(folder, 'none.mjs'), 'export const scenario = 1')
  assert.match(sim(join(folder, 'none.mjs')).stdout, /must export a function of a Network as its default/)
  assert.match(sim('--help').stdout, /^Usage: plainwire sim FILE/)
})

test('Ctrl-C ends it, and leaves no process behind', { skip: process.platform !== 'linux' }, async () => {
  const file = scenario('long.mjs', `for (;;) await net.run('1h')`)
  const child = spawn(process.execPath, [command, 'sim', file, '--jobs', '2'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', chunk => (text += chunk))
  const workers = () => {
    const found = readdirSync('/proc').filter(pid => {
      if (!/^\d+$/.test(pid)) return false
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(child.pid)
      } catch {
        return false
      }
    })
    return found
  }
  let started: string[] = []
  while (started.length < 2) {
    await new Promise(resolve => setTimeout(resolve, 20))
    started = workers()
  }
  child.kill('SIGINT')
  const [code] = await new Promise<[number | null]>(resolve => child.on('exit', status => resolve([status])))
  assert.equal(code, 130)
  assert.match(text, /^interrupted after \d+ seeds, none of which failed\n$/)
  for (const pid of started) {
    const isGone = !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    assert.ok(isGone, `process ${pid} is still there`)
  }
})
