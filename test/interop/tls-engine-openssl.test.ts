// The TLS engine against `openssl s_server` and `s_client`: groups with and without HelloRetryRequest, kinds of key, suites
// by PSK. Skipped where the command is not installed.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { X25519, X25519MLKEM768 } from '../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../src/crypto/node/node-crypto.ts'
import { cipherSuiteByName } from '../../src/tls/wire/cipher-suites.ts'
import { configFor, fixtures, type KeyKind } from '../tls/engine/pair.ts'
import { shoutingServer, talk } from './engine-over-socket.ts'

const isInstalled = spawnSync('openssl', ['version']).status === 0
const skip = isInstalled ? false : 'openssl is not installed'
const now = () => Date.now()
const groups = nodeCrypto.groups.filter(group => group !== X25519MLKEM768)

function files(kind: KeyKind): string[] {
  return ['-cert', join(fixtures, `${kind}-cert.pem`), '-key', join(fixtures, `${kind}-key.pem`)]
}

/** A server that sends each line back from its end, and the port that it was given. */
async function opensslServer(...options: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn('openssl', ['s_server', '-accept', '0', '-rev', '-naccept', '1', ...options])
  const port = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', data => {
      text += data
      const found = /ACCEPT .*:(\d+)/.exec(text)
      if (found) resolve(Number(found[1]))
    })
    child.on('exit', () => reject(new Error(text)))
  })
  return { child, port }
}

/** What the server's text was, with lines of ours sent once connected. */
function opensslClient(port: number, lines: string, ...options: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...options])
  let text = ''
  child.stdout.on('data', data => {
    const isFirst = !text.includes('Verify return code')
    text += data
    if (isFirst && text.includes('Verify return code')) child.stdin.write(lines)
  })
  return new Promise(resolve => child.on('close', () => resolve(text)))
}

describe('the TLS engine and openssl', { skip }, () => {
  for (const version of [0x0303, 0x0304] as const) {
    const name = version === 0x0304 ? 'TLS 1.3' : 'TLS 1.2'
    const option = version === 0x0304 ? '-tls1_3' : '-tls1_2'
    for (const group of groups) {
      test(`${name}, ${group.name}, both ways`, async () => {
        const { child, port } = await opensslServer(option, '-groups', group.name, ...files('rsa'))
        // The first share is of X25519: for the others the server asks again.
        const offered = [X25519, group]
        const client = await talkAndClose(port, configFor('client', 'rsa', { groups: offered, now }))
        child.kill()
        assert.equal(client.text, 'olleh\n')
        assert.equal(client.group, group)
        const ours = await shoutingServer(configFor('server', 'rsa', { groups: [group], now }))
        const theirs = group === X25519 ? 'X25519' : `X25519:${group.name}`
        const text = await opensslClient(ours.port, 'hello bye\n', option, '-groups', theirs)
        ours.server.close()
        assert.match(text, /HELLO BYE/)
      })
    }
    for (const kind of ['ec256', 'ec384', 'rsa', 'rsa-pss', 'ed25519'] as const) {
      test(`${name}, ${kind}, both ways`, async () => {
        const { child, port } = await opensslServer(option, ...files(kind))
        const client = await talkAndClose(port, configFor('client', kind, { now }))
        child.kill()
        assert.equal(client.text, 'olleh\n')
        const ours = await shoutingServer(configFor('server', kind, { now }))
        const text = await opensslClient(ours.port, 'hello bye\n', option)
        ours.server.close()
        assert.match(text, /HELLO BYE/)
      })
    }
  }

  test('PSK with TLS 1.2 and 1.3', async () => {
    const key = Buffer.alloc(32, 7)
    const suite = cipherSuiteByName('ECDHE-PSK-CHACHA20-POLY1305')
    const aes = cipherSuiteByName('TLS_AES_128_GCM_SHA256')
    assert.ok(suite && aes)
    for (const [one, option] of [
      [suite, '-tls1_2'],
      [aes, '-tls1_3'],
    ] as const) {
      const ours = await shoutingServer(configFor('server', 'ec256', { cipherSuites: [one], usesPsk: true, now }), {
        onPskIdentity: () => key,
      })
      const options = ['-psk', key.toString('hex'), '-psk_identity', 'me', '-cipher', 'PSK', option]
      const text = await opensslClient(ours.port, 'hello bye\n', ...options)
      ours.server.close()
      assert.match(text, /HELLO BYE/)
      assert.deepEqual(ours.all[0]?.peerCertificates, undefined)
    }
  })
})

async function talkAndClose(port: number, config: Parameters<typeof talk>[1]) {
  const client = await talk(port, config, 'hello\n', recorded => recorded.text.includes('\n'))
  assert.equal(client.error, undefined)
  return { text: client.text, group: client.engine.info.group }
}
