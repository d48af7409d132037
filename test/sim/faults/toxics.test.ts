// Toxics on the memory host, whose connections take no time of their own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import type { Connection, ConnectionSink } from '../../../src/host/types.ts'
import { ToxicHost } from '../../../src/sim/faults/toxic-host.ts'
import { readToxic, type ToxicOptions } from '../../../src/sim/faults/toxics.ts'
import { randomFor } from '../../../src/sim/randomness.ts'
import { Driver } from '../../../src/sim/time/driver.ts'
import { MachineClock } from '../../../src/sim/time/machine-clock.ts'
import { Gate, Timeline } from '../../../src/sim/time/timeline.ts'

class Side implements ConnectionSink {
  readonly heard: string[] = []
  readonly #now: () => number
  readonly #echoes: boolean
  connection: Connection | undefined

  constructor(now: () => number, echoes: boolean) {
    this.#now = now
    this.#echoes = echoes
  }

  #note(what: string): void {
    this.heard.push(`${Math.round(this.#now())} ${what}`)
  }
  onConnect(): void {
    this.#note('connected')
  }
  onData(chunk: Uint8Array): void {
    this.#note(Buffer.from(chunk).toString())
    if (this.#echoes) this.connection?.write(chunk)
  }
  onEnd(): void {
    this.#note('end')
    if (this.#echoes) this.connection?.end()
  }
  onDrain(): void {
    this.#note('drain')
  }
  onError(error: Error): void {
    this.#note((error as NodeJS.ErrnoException).code ?? 'error')
  }
  onClose(): void {
    this.#note('closed')
  }
}

/** Sends `say` to an echo server through the toxic, and ends. @returns what the client hears, with milliseconds */
async function talk(options: ToxicOptions, say: readonly string[] = ['hello'], ends = true): Promise<string[]> {
  const timeline = new Timeline()
  const clock = new MachineClock({ timeline, gate: new Gate(), epoch: 0 })
  const machine = new MemoryHost({ clock })
  const toxic = readToxic(options)
  const host = new ToxicHost(machine, undefined, () => [toxic], randomFor(1, 'toxics'))
  const now = () => clock.monotonic()
  machine.listen(
    { kind: 'tcp', address: '127.0.0.1', port: 7 },
    {
      onListening() {},
      onConnection(connection) {
        const server = new Side(now, true)
        server.connection = connection
        connection.sink = server
        connection.resume()
      },
      onError(error) {
        throw error
      },
      onClose() {},
    },
  )
  const client = new Side(now, false)
  const connection = host.connect({ kind: 'tcp', address: '127.0.0.1', port: 7 }, client)
  connection.resume()
  for (const text of say) connection.write(text)
  if (ends) connection.end()
  await new Driver({ timeline, hasRealWork: () => false, failure: reason => new Error(reason) }).run(60e9)
  return client.heard
}

test('latency delays data and end, and nothing else', async () => {
  assert.deepEqual(await talk({ type: 'latency', latency: '100ms' }), [
    '0 connected',
    '100 hello',
    '100 end',
    '100 closed',
  ])
  const upstream = await talk({ type: 'latency', latency: '100ms', stream: 'upstream' })
  assert.deepEqual(upstream.slice(1), ['100 hello', '100 end', '100 closed'])
})

test('jitter keeps the order', async () => {
  const words = Array.from({ length: 20 }, (_, index) => `<${index}>`)
  const heard = await talk({ type: 'latency', latency: '50ms', jitter: '50ms' }, words)
  const text = heard.map(line => line.split(' ')[1]).join('')
  assert.ok(text.includes(words.join('')), text)
})

test('bandwidth', async () => {
  const heard = await talk({ type: 'bandwidth', rate: '8kbit' }, ['x'.repeat(1000)])
  assert.equal(heard[1], `1000 ${'x'.repeat(1000)}`)
})

test('slow_close delays the end alone', async () => {
  const heard = await talk({ type: 'slow_close', delay: '5s' })
  assert.deepEqual(heard.slice(1), ['0 hello', '5000 end', '5000 closed'])
})

test('timeout swallows the data, and closes in the end', async () => {
  assert.deepEqual(await talk({ type: 'timeout', timeout: '3s' }), ['0 connected', '3000 closed'])
  assert.deepEqual(await talk({ type: 'timeout', timeout: 0 }), ['0 connected'])
})

test('reset_peer', async () => {
  const heard = await talk({ type: 'reset_peer', timeout: '1s' }, ['hello'], false)
  assert.deepEqual(heard, ['0 connected', '0 hello', '1000 ECONNRESET', '1000 closed'])
})

test('slicer', async () => {
  const heard = await talk({ type: 'slicer', averageSize: 2, delay: '10ms' }, ['abcdef'])
  assert.deepEqual(heard.slice(1, 4), ['10 ab', '20 cd', '30 ef'])
})

test('limit_data closes after so many bytes', async () => {
  const heard = await talk({ type: 'limit_data', bytes: 3 }, ['abcdef'])
  assert.deepEqual(heard.slice(0, 2), ['0 connected', '0 abc'])
  assert.equal(heard.at(-1), '0 closed')
})

test('a slow toxic slows its writer', async () => {
  const timeline = new Timeline()
  const clock = new MachineClock({ timeline, gate: new Gate(), epoch: 0 })
  const machine = new MemoryHost({ clock })
  const toxic = readToxic({ type: 'bandwidth', rate: '80kbit', stream: 'upstream' })
  const host = new ToxicHost(machine, undefined, () => [toxic], randomFor(1, 'toxics'))
  machine.listen(
    { kind: 'tcp', address: '127.0.0.1', port: 7 },
    {
      onListening() {},
      onConnection(connection) {
        connection.sink = new Side(() => 0, false)
        connection.resume()
      },
      onError() {},
      onClose() {},
    },
  )
  const client = new Side(() => clock.monotonic(), false)
  const connection = host.connect({ kind: 'tcp', address: '127.0.0.1', port: 7 }, client)
  assert.equal(connection.write(Buffer.alloc(100_000)), false)
  const driver = new Driver({ timeline, hasRealWork: () => false, failure: reason => new Error(reason) })
  await driver.run(9e9)
  assert.ok(!client.heard.some(line => line.endsWith('drain')))
  await driver.run(5e9)
  assert.ok(client.heard.includes('10000 drain'), client.heard.join())
})

test('wrong toxics are refused by name', () => {
  assert.throws(() => readToxic({ type: 'poison' } as unknown as ToxicOptions), {
    message: /must be one of: latency, bandwidth/,
  })
  assert.throws(() => readToxic({ type: 'latency', latency: '-1s' }), {
    message: /'toxic.latency' must not be negative/,
  })
  assert.throws(() => readToxic({ type: 'slicer', averageSize: 0 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => readToxic({ type: 'latency', latency: 1, toxicity: 3 }), { message: /probability/ })
})
