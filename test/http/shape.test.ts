// Shape: exports, classes and their members, held against the runtime's own module.

import assert from 'node:assert/strict'
import builtIn from 'node:http'
import { describe, it } from 'node:test'
import http, * as named from '../../src/http/index.ts'

/** In Node 26 and not in every Node that this runs on, or the other way round. */
const otherVersions = new Set([
  'setGlobalProxyFromEnv',
  'isValidHeaderName',
  'isValidHeaderValue',
  'websocketMask',
  'websocketUnmask',
  'WebSocket',
  'CloseEvent',
  'MessageEvent',
  // Gone since Node 25.
  'OutgoingMessage.prototype._headers',
  'OutgoingMessage.prototype._headerNames',
  'ServerResponse.prototype.writeInformation',
  'IncomingMessage.prototype.signal',
  'OutgoingMessage.prototype._isLenientHeaderValidation',
])

/** Node's own inside, that nothing outside it can use. */
const inside = new Set(['OutgoingMessage.prototype._onPendingData', 'Agent.prototype.constructor'])

type Members = Record<string, unknown>

const classes = ['Agent', 'ClientRequest', 'IncomingMessage', 'OutgoingMessage', 'Server', 'ServerResponse'] as const

describe('the shape of the module', () => {
  it('exports what node:http exports', () => {
    for (const name of Object.keys(builtIn)) {
      assert.ok(name in http, name)
      assert.ok(name in named, `${name} (named)`)
      assert.equal(typeof (http as Members)[name], typeof (builtIn as Members)[name], name)
    }
    const extra = Object.keys(http).filter(name => !(name in builtIn) && !otherVersions.has(name))
    assert.deepEqual(extra, [])
  })

  it('has the same constants', () => {
    assert.deepEqual({ ...http.STATUS_CODES }, { ...builtIn.STATUS_CODES })
    for (const method of builtIn.METHODS) assert.ok(http.METHODS.includes(method), method)
    assert.equal(http.METHODS.length, 35)
    assert.equal(http.maxHeaderSize, builtIn.maxHeaderSize)
  })

  for (const name of classes) {
    const ours = http[name] as unknown as { prototype: object }
    const theirs = builtIn[name] as unknown as { prototype: object }

    it(`gives ${name}.prototype the members that Node's has`, () => {
      for (const key of Reflect.ownKeys(theirs.prototype)) {
        const label = `${name}.prototype.${String(key)}`
        // Node's unnamed symbols are its own business.
        if (typeof key === 'symbol' && !isPublicSymbol(key)) continue
        if (inside.has(label) || otherVersions.has(label)) continue
        assert.ok(key in ours.prototype, `${label} is missing`)
      }
    })

    it(`${name} may be called without new, or on an object, as Node's may`, () => {
      const args: unknown[] =
        name === 'ServerResponse' ? [{ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 }] : []
      if (name === 'ClientRequest') return
      const object = Object.create(ours.prototype)
      Reflect.apply(ours as never, object, args)
      assert.ok(object instanceof (ours as never))
    })
  }

  it('has the inheritance of node:http', () => {
    const { Readable, Stream } = builtInStreams()
    assert.ok(http.IncomingMessage.prototype instanceof Readable)
    assert.ok(http.OutgoingMessage.prototype instanceof Stream)
    assert.equal(Object.getPrototypeOf(http.ServerResponse), http.OutgoingMessage)
    assert.ok(http.ServerResponse.prototype instanceof http.OutgoingMessage)
    assert.ok(http.ClientRequest.prototype instanceof http.OutgoingMessage)
    assert.equal(http.ServerResponse.name, 'ServerResponse')
  })
})

function isPublicSymbol(key: symbol): boolean {
  return key === Symbol.for('nodejs.rejection') || key === Symbol.asyncDispose
}

function builtInStreams() {
  const { Readable, Stream } = process.getBuiltinModule('node:stream')
  return { Readable, Stream }
}
