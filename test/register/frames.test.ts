// What stands in stack traces: Node's modules have frames named as Node's, which tools know from a program's own.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { registerFile } from '../../src/cli/run.ts'

/** @returns the stack of an error in a listener of an http server, outermost frame last */
function stackOfProgram(...flags: string[]): string[] {
  const program = `
    const http = require('http')
    Error.stackTraceLimit = 50
    const server = http.createServer((request, response) => {
      console.log(new Error('here').stack)
      response.end()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, r => r.resume()))`
  const args = ['--no-warnings', ...flags, '--require', registerFile, '--eval', program]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  return stdout
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.trim())
}

describe('a stack trace', () => {
  it('has frames of node: for all but the program', () => {
    const frames = stackOfProgram()
    assert.ok(frames.some(frame => frame.includes('(node:http/')))
    assert.ok(frames.some(frame => frame.includes('(node:internal/plainwire/host/')))
    assert.deepEqual(
      frames.filter(frame => !frame.includes('node:')).map(frame => frame.replace(/:\d+:\d+.*/, '')),
      ['at Server.<anonymous> ([eval]'],
    )
  })

  it('has lines of the sources under --enable-source-maps', () => {
    const frames = stackOfProgram('--enable-source-maps')
    assert.ok(frames.some(frame => /src\/http\/server\/server-connection\.ts:\d+/.test(frame)))
  })
})
