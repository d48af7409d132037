// Classes that may be called without `new`, by the modules' own.

import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { callableClass } from '../../src/core/callable-class.ts'
import * as dgram from '../../src/dgram/index.ts'
import * as http from '../../src/http/index.ts'
import * as https from '../../src/https/index.ts'
import * as net from '../../src/net/index.ts'
import * as tls from '../../src/tls/index.ts'

describe('a stack trace names an emitter by its class:', () => {
  const emitters: readonly (readonly [string, () => EventEmitter])[] = [
    ['Server', () => new net.Server()],
    ['Socket', () => new net.Socket()],
    ['Server', () => new tls.Server()],
    ['TLSSocket', () => new tls.TLSSocket(new net.Socket())],
    ['Server', () => new http.Server()],
    ['Agent', () => new http.Agent()],
    ['IncomingMessage', () => new http.IncomingMessage(new net.Socket())],
    ['OutgoingMessage', () => new http.OutgoingMessage()],
    ['ServerResponse', () => new http.ServerResponse(new http.IncomingMessage(new net.Socket()))],
    [
      'ClientRequest',
      () => http.request({ host: 'example.test', agent: new http.Agent({ maxSockets: 1 }), lookup: () => {} }),
    ],
    ['Server', () => new https.Server()],
    ['Agent', () => new https.Agent()],
    ['Socket', () => dgram.createSocket('udp4')],
  ]
  for (const [index, [name, make]] of emitters.entries()) {
    it(`${name} (${index + 1})`, () => {
      const emitter = make()
      let stack: string | undefined
      emitter.on('asked', () => {
        stack = new Error('asked').stack
      })
      emitter.on('error', () => {})
      emitter.emit('asked')
      const names = stack?.match(/at (\S+) /g)?.slice(0, 2)
      assert.deepEqual(names, [`at ${name}.<anonymous> `, `at ${name}.emit `])
      if ('destroy' in emitter && typeof emitter.destroy === 'function') emitter.destroy()
    })
  }
})

describe('a callable class', () => {
  class Example {
    readonly given: unknown
    static readonly answer = 42

    constructor(given: unknown) {
      this.given = given
    }
  }
  Object.defineProperty(Example, 'name', { value: 'Server' })
  const Callable = callableClass(Example, (self, given) => Object.assign(self, { initialized: given }))

  it('makes the same with new and without', () => {
    assert.equal(new Callable(1).given, 1)
    assert.equal(Callable(1).given, 1)
    assert.ok(Callable(1) instanceof Callable)
  })

  it('initializes an object that exists already, for a subclass of either kind', () => {
    class Modern extends Callable {}
    function Old(this: object): void {
      ;(Callable as unknown as (this: object, given: unknown) => void).call(this, 2)
    }
    Old.prototype = Object.create(Callable.prototype)
    assert.deepEqual({ ...new Modern(1) }, { initialized: 1 })
    assert.deepEqual({ ...(new (Old as unknown as new () => object)() as object) }, { initialized: 2 })
  })

  it('has the name, the statics and the prototype of the class', () => {
    assert.equal(Callable.name, 'Server')
    assert.equal(Callable.answer, 42)
    assert.equal(Callable.prototype, Example.prototype)
    assert.equal(Callable.prototype.constructor, Callable)
  })

  it('wants a name that there is a function for', () => {
    assert.throws(() => callableClass(class Unknown {}, () => {}), /there is no function named Unknown/)
  })
})
