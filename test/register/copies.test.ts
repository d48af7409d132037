// Two copies of plainwire in one process, as two versions in node_modules: one stack.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const compiled = fileURLToPath(new URL('../../src/', import.meta.url))

describe('two copies of plainwire', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plainwire-copies-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const name of ['first', 'second']) cpSync(compiled, join(folder, name), { recursive: true })
  })
  after(() => rmSync(folder, { recursive: true }))

  /** @returns what the program prints; the first copy redirects, then the second is asked to */
  function run(program: string): string {
    const file = join(folder, 'program.mjs')
    writeFileSync(file, program)
    const preloads = ['first', 'second'].flatMap(name => ['--require', join(folder, name, 'register', 'register.cjs')])
    const { stdout, stderr } = spawnSync(process.execPath, [...preloads, file], { encoding: 'utf8' })
    return stderr + stdout.trim()
  }

  it('redirect once: to the copy that came first', () => {
    const program = `
      import net from 'node:net'
      import first from './first/doors/net.js'
      import second from './second/doors/net.js'
      console.log(net === first, net === second, process.getBuiltinModule('net') === first)`
    assert.equal(run(program), 'true false true')
  })

  it('have one current host', () => {
    const program = `
      import { currentHost, MemoryHost, MemoryNetwork } from './second/doors/host.js'
      import { currentHost as inFirst } from './first/doors/host.js'
      import { connect, createServer } from 'node:net'
      import second from './second/doors/net.js'
      const network = new MemoryNetwork()
      const [a, b] = ['a', 'b'].map(name => new MemoryHost({ name, network }))
      console.log(a.run(inFirst) === a, a.run(currentHost) === a)
      const server = a.run(() => createServer(socket => socket.end('hello')).listen(80))
      b.run(() => second.connect(80, 'a').on('data', data => console.log(String(data))).on('close', () => server.close()))`
    assert.equal(run(program), 'true true\nhello')
  })

  it('have emitters that are instances of either copy, and subclasses that are not', () => {
    const program = `
      import first from './first/doors/net.js'
      import second from './second/doors/net.js'
      import tls from './second/doors/tls.js'
      class Derived extends first.Socket {}
      const of = socket => [first.Socket, second.Socket, Derived].map(Class => socket instanceof Class).join()
      console.log(of(new first.Socket()), of(new second.Socket()), of(new Derived()), of(new tls.TLSSocket()), of({}))`
    const both = 'true,true,false'
    assert.equal(run(program), `${both} ${both} true,true,true ${both} false,false,false`)
  })

  it('keep the runtime below either: nothing of one copy stands on the other', () => {
    const program = `
      import { connect, createServer } from './second/doors/net.js'
      import { subscribe } from 'node:diagnostics_channel'
      const sockets = []
      subscribe('net.client.socket', ({ socket }) => sockets.push(socket.constructor))
      const server = createServer(socket => socket.end()).listen(0, '127.0.0.1', () =>
        connect(server.address().port, '127.0.0.1').resume().on('close', () => {
          server.close()
          // Ours, and the runtime's below it.
          console.log(sockets.length)
        }))`
    assert.equal(run(program), '2')
  })
})
