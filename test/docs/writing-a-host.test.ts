// The host of docs/writing-a-host.md: the text is that of examples/host, and it refuses what it should.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createSocket } from '../../src/dgram/index.ts'
import { type Host, MemoryHost, MemoryNetwork } from '../../src/host/index.ts'
import { BlockList, connect, createServer } from '../../src/net/index.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const example = (name: string) => join(root, 'examples/host', name)
const { GuardedHost } = (await import(pathToFileURL(example('guarded-host.mjs')).href)) as {
  GuardedHost: new (inner: Host, allowed: BlockList) => Host
}

it('shows the files of the example as they are', () => {
  const text = readFileSync(join(root, 'docs/writing-a-host.md'), 'utf8')
  for (const name of ['guarded-host.mjs', 'guarded.mjs']) {
    assert.ok(text.includes(`\`\`\`js\n${readFileSync(example(name), 'utf8')}\`\`\``), name)
  }
})

it('prints what the text says', async () => {
  const args = [join(root, 'dist/src/cli/main.js'), 'run', example('guarded.mjs')]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
  assert.equal(stdout, 'from this machine: hello\nfrom elsewhere: connect EACCES 192.0.2.1:80\n')
})

it('refuses connections and datagrams to addresses that are not on the list, and lets the others through', async () => {
  const network = new MemoryNetwork()
  const near = new MemoryHost({ name: 'near', network, addresses: ['10.0.0.1'] })
  const far = new MemoryHost({ name: 'far', network, addresses: ['10.0.0.2'] })
  const allowed = new BlockList()
  allowed.addAddress('10.0.0.1')
  const guarded = new GuardedHost(new MemoryHost({ network, addresses: ['10.0.0.3'] }), allowed)

  for (const host of [near, far])
    host.run(() =>
      createServer(socket => socket.end('hello'))
        .listen(80)
        .unref(),
    )
  const receiver = near.run(() => createSocket('udp4').bind(53))

  await guarded.run(async () => {
    const [text] = await once(connect(80, 'near').setEncoding('utf8'), 'data')
    assert.equal(text, 'hello')

    const [refused] = await once(connect(80, 'far'), 'error')
    assert.equal(refused.message, 'connect EACCES 10.0.0.2:80')
    const [path] = await once(connect('/run/database.sock'), 'error')
    assert.equal(path.code, 'EACCES')

    const sender = createSocket('udp4')
    const arrived = once(receiver, 'message')
    sender.send('question', 53, '10.0.0.1')
    assert.equal(`${(await arrived)[0]}`, 'question')
    const error = await new Promise<Error | null>(done => sender.send('question', 53, '10.0.0.2', done))
    assert.match(`${error}`, /send EACCES 10\.0\.0\.2:53/)
    sender.connect(53, '10.0.0.2')
    const [connectError] = await once(sender, 'error')
    assert.match(connectError.message, /connect EACCES 10\.0\.0\.2:53/)
    sender.close()
  })
  receiver.close()
})
