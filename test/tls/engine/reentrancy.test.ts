// Owners call back in: every verb from within every event, in handshakes of every shape. Nothing is thrown, nothing follows a
// destroy(), errors come once, and what was closed stays closed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TlsEngine, TlsEngineHandler } from '../../../src/tls/engine/types.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { configFor, credential, type Pair, pair, pump, Recorded } from './pair.ts'

type EventName = keyof TlsEngineHandler

const events: readonly EventName[] = [
  'onOutput',
  'onHandshakeStart',
  'onClientHello',
  'onPeerCertificate',
  'onOcspResponse',
  'onSession',
  'onKeyLog',
  'onMessage',
  'onHandshakeDone',
  'onData',
  'onCloseNotify',
  'onError',
]

const verbs: Readonly<Record<string, (engine: TlsEngine) => void>> = {
  destroy: engine => engine.destroy(),
  'destroy, and then all the others': engine => {
    engine.destroy()
    engine.start()
    engine.receive(Uint8Array.of(22, 3, 3, 0, 1, 1))
    engine.answerClientHello({})
    engine.failHandshake(40)
    engine.updateKeys(true)
    engine.renegotiate()
    engine.closeNotify()
    assert.throws(() => engine.write(asciiBytes('x')))
  },
  failHandshake: engine => engine.failHandshake(40),
  closeNotify: engine => engine.closeNotify(),
  updateKeys: engine => engine.updateKeys(true),
  renegotiate: engine => void engine.renegotiate(),
  takeOutput: engine => void engine.takeOutput(),
  'receive of what is no TLS': engine => engine.receive(asciiBytes('no TLS at all')),
  'receive of the start of a record': engine => engine.receive(Uint8Array.of(23, 3, 3)),
  start: engine => engine.start(),
}

function run(version: 0x0303 | 0x0304, side: 'client' | 'server', event: EventName, act: (engine: TlsEngine) => void) {
  let isOver = false
  let calls = 0
  const told: EventName[] = []
  const handler: Record<string, (...args: never[]) => void> = {}
  for (const name of events) {
    handler[name] = () => {
      // A trace of what is sent, and that there is something to send, are told of the alert that ends it all.
      if (isOver && name !== 'onMessage' && name !== 'onOutput') assert.fail(`${name} after the end`)
      told.push(name)
      const { engine } = both[side]
      if (name === 'onClientHello') engine.answerClientHello({ ocspResponse: Uint8Array.of(1) })
      const mayWrite = engine.isHandshakeDone && act !== verbs['closeNotify']
      if (name === 'onHandshakeDone' && mayWrite) engine.write(asciiBytes('data'))
      if (name !== event || calls++ > 2) return
      act(engine)
      const isDead = told.includes('onHandshakeDone') && !engine.isHandshakeDone
      isOver ||= isDead && act === verbs['destroy']
    }
  }
  const versions = { minVersion: version, maxVersion: version }
  const clientConfig = configFor('client', 'ec256', {
    ...versions,
    requestOcsp: true,
    credentials: [credential('ec256')],
  })
  const serverConfig = configFor('server', 'ec256', { ...versions, requestCert: true })
  const of = (one: 'client' | 'server') => (one === side ? (handler as unknown as Partial<TlsEngineHandler>) : {})
  const both: Pair = {
    client: new Recorded(clientConfig, of('client')),
    server: new Recorded(serverConfig, of('server')),
  }
  both.client.engine.start()
  both.server.engine.start()
  pump(both)
  const other = side === 'client' ? both.server : both.client
  if (other.engine.isHandshakeDone) other.engine.write(asciiBytes('data'))
  pump(both)
  if (other.engine.isHandshakeDone) other.engine.closeNotify()
  pump(both)
  both[side].engine.receive(asciiBytes('the end'))
  assert.ok(told.filter(name => name === 'onError').length <= 1, 'one error')
  assert.ok(other.events.filter(name => name.startsWith('error')).length <= 1)
  assert.notEqual(both.client.error?.alertName, 'internal_error')
  assert.notEqual(other.error?.alertName, 'internal_error', String(other.error?.cause))
  return { told, both }
}

describe('every verb from within every event', () => {
  for (const version of [0x0303, 0x0304] as const) {
    for (const side of ['client', 'server'] as const) {
      for (const [verb, act] of Object.entries(verbs)) {
        test(`${verb}, ${side}, version ${version.toString(16)}`, () => {
          for (const event of events) run(version, side, event, act)
        })
      }
    }
  }

  test('every event was told', () => {
    const told = new Set<EventName>()
    for (const version of [0x0303, 0x0304] as const) {
      for (const side of ['client', 'server'] as const) {
        for (const one of run(version, side, 'onData', () => {}).told) told.add(one)
        const broken = verbs['receive of what is no TLS'] ?? assert.fail()
        for (const one of run(version, side, 'onData', broken).told) told.add(one)
      }
    }
    assert.deepEqual([...told].sort(), [...events].sort())
  })
})

describe('what is destroyed', () => {
  test('takes nothing, says nothing and tells nothing, whatever comes', () => {
    for (const version of [0x0303, 0x0304] as const) {
      const both = pair(
        configFor('client', 'ec256', { minVersion: version, maxVersion: version }),
        configFor('server', 'ec256'),
      )
      pump(both)
      both.client.engine.write(asciiBytes('late'))
      const late = Buffer.concat(both.client.engine.takeOutput())
      both.server.engine.destroy()
      const before = [...both.server.events]
      both.server.engine.receive(late)
      both.server.engine.receive(new Uint8Array(100))
      verbs['destroy, and then all the others']?.(both.server.engine)
      assert.deepEqual(both.server.events, before)
      assert.deepEqual(both.server.data, [])
      assert.deepEqual(both.server.engine.takeOutput(), [])
    }
  })
})
