// The pcapng writer, read back block by block.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PcapngWriter } from '../../../src/sim/wire/pcapng.ts'

interface Block {
  readonly type: number
  readonly body: Buffer
}

function blocksOf(file: Uint8Array): Block[] {
  const all = Buffer.from(file)
  const blocks: Block[] = []
  for (let at = 0; at < all.length; ) {
    const length = all.readUInt32LE(at + 4)
    assert.equal(length % 4, 0)
    assert.equal(all.readUInt32LE(at + length - 4), length, 'the length stands at both ends')
    blocks.push({ type: all.readUInt32LE(at), body: all.subarray(at + 8, at + length - 4) })
    at += length
  }
  return blocks
}

function optionsOf(body: Buffer, from: number): Map<number, Buffer> {
  const options = new Map<number, Buffer>()
  for (let at = from; at < body.length; ) {
    const [code, length] = [body.readUInt16LE(at), body.readUInt16LE(at + 2)]
    if (code === 0) break
    options.set(code, body.subarray(at + 4, at + 4 + length))
    at += 4 + ((length + 3) & ~3)
  }
  return options
}

test('a section, its interfaces, secrets and packets', () => {
  const writer = new PcapngWriter({ comment: 'seed 42' })
  assert.equal(writer.addInterface({ name: 'server/eth0', macAddress: '02:00:00:00:00:0a' }), 0)
  assert.equal(writer.addInterface({ name: 'phone/wlan0' }), 1)
  writer.addTlsSecrets('CLIENT_RANDOM 00 11\n')
  const timestamp = 1_767_225_600_123_456_789n
  writer.addPacket({
    interface: 1,
    timestamp,
    bytes: Uint8Array.of(1, 2, 3, 4, 5),
    direction: 'outbound',
    comment: 'lost',
  })
  const [section, first, second, secrets, packet] = blocksOf(writer.finish()) as [Block, Block, Block, Block, Block]
  assert.deepEqual(
    [section, first, second, secrets, packet].map(({ type }) => type),
    [0x0a0d0d0a, 1, 1, 10, 6],
  )
  assert.equal(section.body.readUInt32LE(0), 0x1a2b3c4d)
  assert.equal(String(optionsOf(section.body, 16).get(1)), 'seed 42')
  const options = optionsOf(first.body, 8)
  assert.deepEqual([String(options.get(2)), options.get(6)?.toString('hex')], ['server/eth0', '02000000000a'])
  assert.deepEqual([...(options.get(9) ?? [])], [9])
  assert.equal(secrets.body.readUInt32LE(0), 0x544c534b)
  assert.equal(String(secrets.body.subarray(8, 8 + secrets.body.readUInt32LE(4))), 'CLIENT_RANDOM 00 11\n')
  assert.equal(packet.body.readUInt32LE(0), 1)
  const time = (BigInt(packet.body.readUInt32LE(4)) << 32n) | BigInt(packet.body.readUInt32LE(8))
  assert.equal(time, timestamp)
  assert.deepEqual([packet.body.readUInt32LE(12), packet.body.readUInt32LE(16)], [5, 5])
  assert.deepEqual([...packet.body.subarray(20, 25)], [1, 2, 3, 4, 5])
  assert.deepEqual([...(optionsOf(packet.body, 28).get(2) ?? [])], [2, 0, 0, 0])
  assert.equal(String(optionsOf(packet.body, 28).get(1)), 'lost')
})

test('a packet of no interface is a fault of the caller', () => {
  const writer = new PcapngWriter()
  assert.throws(() => writer.addPacket({ interface: 0, timestamp: 0n, bytes: new Uint8Array(1) }), RangeError)
})
