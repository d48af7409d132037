import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentHost } from '../../../src/host/current.ts'
import { MemoryHost, MemoryNetwork } from '../../../src/host/index.ts'
import { datagramLimits } from '../../../src/host/memory/memory-limits.ts'
import type { DatagramSink, Endpoint } from '../../../src/host/types.ts'

function collecting(): DatagramSink & { readonly received: [number, Endpoint][] } {
  const received: [number, Endpoint][] = []
  return {
    received,
    onListening() {},
    onMessage: (message, from) => void received.push([message.length, from]),
    onError: error => assert.fail(error),
    onClose() {},
  }
}

const network = new MemoryNetwork()
const one = new MemoryHost({ network, name: 'one', addresses: ['10.0.0.1'] })
const two = new MemoryHost({ network, name: 'two', addresses: ['10.0.0.2'] })

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>(resolve => setImmediate(resolve))
}

test('a datagram crosses from machine to machine and bears its sender’s address', async () => {
  const sink = collecting()
  const port = two.bind({ family: 4, port: 5353 }, sink)
  const sender = one.bind({ family: 4 }, collecting())
  sender.send([Buffer.from('hello')], { address: '10.0.0.2', port: 5353 }, error => assert.equal(error, null))
  await settled()
  assert.deepEqual(sink.received, [[5, { address: '10.0.0.1', family: 'IPv4', port: sender.address().port }]])
  port.close()
  sender.close()
})

test('what is more than a reader’s buffer holds is lost, and the rest arrives', async () => {
  const sink = collecting()
  const port = two.bind({ family: 4, port: 5354 }, sink)
  const sender = one.bind({ family: 4 }, collecting())
  const message = Buffer.alloc(datagramLimits.bytesOverIPv4)
  for (let sent = 0; sent < 10; sent++) sender.send([message], { address: '10.0.0.2', port: 5354 }, () => {})
  await settled()
  assert.equal(sink.received.length, Math.floor(datagramLimits.bytesWaiting / message.length))
  sender.send([message], { address: '10.0.0.2', port: 5354 }, () => {})
  await settled()
  assert.equal(sink.received.length, Math.floor(datagramLimits.bytesWaiting / message.length) + 1)
  port.close()
  sender.close()
})

test('a machine that is not there is an error of the sender’s', async () => {
  const sender = one.bind({ family: 4 }, collecting())
  const error = await new Promise<NodeJS.ErrnoException | null>(resolve =>
    sender.send([Buffer.from('x')], { address: '10.9.9.9', port: 1 }, failure => resolve(failure)),
  )
  assert.equal(error?.code, 'EHOSTUNREACH')
  assert.throws(() => sender.addMembership('224.0.0.1'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' })
  sender.close()
})

test('empty datagrams fill the buffer as well', async () => {
  const sink = collecting()
  const port = two.bind({ family: 4, port: 5355 }, sink)
  const sender = one.bind({ family: 4 }, collecting())
  const to = { address: '10.0.0.2', port: 5355 }
  for (let sent = 0; sent < datagramLimits.messagesWaiting + 1; sent++) sender.send([], to, () => {})
  await settled()
  assert.equal(sink.received.length, datagramLimits.messagesWaiting)
  sender.send([], to, () => {})
  await settled()
  assert.equal(sink.received.length, datagramLimits.messagesWaiting + 1)
  port.close()
  sender.close()
})

test('a message is heard on the receiver’s host, not on its sender’s', async () => {
  const heardOn: string[] = []
  const sink = { ...collecting(), onMessage: () => void heardOn.push(currentHost().name) }
  const port = two.run(() => two.bind({ family: 4, port: 5356 }, sink))
  const sender = one.run(() => one.bind({ family: 4 }, collecting()))
  one.run(() => sender.send([Buffer.from('x')], { address: '10.0.0.2', port: 5356 }, () => {}))
  await settled()
  assert.deepEqual(heardOn, ['two'])
  port.close()
  sender.close()
})
