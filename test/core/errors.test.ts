import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import net from 'node:net'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { invalidArgType, invalidArgValue, missingArgs, outOfRange, systemError } from '../../src/core/errors.ts'
import { validatePort } from '../../src/core/validate.ts'

/** What the runtime throws for the same fault: ours must not differ in anything a program can see. */
function thrownBy(fn: () => unknown): Error {
  try {
    fn()
  } catch (error) {
    return error as Error
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' })
}

function assertAlike(ours: Error, theirs: Error): void {
  assert.equal(ours.message, theirs.message)
  assert.equal(ours.name, theirs.name)
  assert.equal(String(ours), String(theirs))
  assert.deepEqual({ ...ours }, { ...theirs })
  assert.equal(ours.stack?.split('\n')[0], theirs.stack?.split('\n')[0])
  assert.equal(ours instanceof TypeError, theirs instanceof TypeError)
  assert.equal(ours instanceof RangeError, theirs instanceof RangeError)
  assert.equal(inspect(ours).split('\n')[0], inspect(theirs).split('\n')[0])
}

const received: unknown[] = [
  undefined,
  null,
  true,
  0,
  -0,
  Number.NaN,
  12n,
  'text',
  "it's",
  'a text that is longer than twenty-eight characters',
  Symbol('s'),
  {},
  [],
  new Map(),
  Object.create(null),
  () => {},
  class A {},
  new Date(0),
]

test('ERR_INVALID_ARG_TYPE says what was expected and received as the runtime does', () => {
  for (const value of received) {
    if (value === undefined || typeof value === 'object' || typeof value === 'function') continue
    const theirs = thrownBy(() => net.createServer(value as never))
    assertAlike(invalidArgType('options', 'Object', value), theirs)
  }
  for (const value of received) {
    if (typeof value === 'function') continue
    const theirs = thrownBy(() =>
      new net.Socket().setTimeout(1, value === undefined ? (null as never) : (value as never)),
    )
    assertAlike(invalidArgType('callback', 'function', value ?? null), theirs)
  }
})

test('several expected types and classes are listed as the runtime lists them', () => {
  const theirs = thrownBy(() => Buffer.from(5 as never))
  const ours = invalidArgType('first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], 5)
  assertAlike(ours, theirs)
})

test('ERR_OUT_OF_RANGE groups the digits of large numbers', () => {
  for (const value of [-1, 1.5, 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY]) {
    const theirs = thrownBy(() => Buffer.alloc(8).readUInt8(value))
    if ((theirs as { code?: string }).code !== 'ERR_OUT_OF_RANGE') continue
    const range = Number.isInteger(value) || value === Number.POSITIVE_INFINITY ? '>= 0 and <= 7' : 'an integer'
    assertAlike(outOfRange('offset', range, value), theirs)
  }
})

test('ERR_INVALID_ARG_VALUE shows the value', () => {
  const theirs = thrownBy(() => Buffer.alloc(1).fill('zz', 'hex'))
  assertAlike(invalidArgValue('value', 'zz'), theirs)
})

test('ERR_MISSING_ARGS names the alternatives', () => {
  const theirs = thrownBy(() => new net.Socket().connect({} as never))
  assertAlike(missingArgs(['options', 'port', 'path']), theirs)
})

test('a bad port is refused with the runtime’s words', () => {
  for (const value of [-1, 65536, 1.5, '', ' ', 'x', null, undefined, {}, Number.NaN, true, Symbol('p'), 80n]) {
    const theirs = thrownBy(() => dgram.createSocket('udp4').connect(value as never))
    assertAlike(
      thrownBy(() => validatePort(value, 'Port', false)),
      theirs,
    )
  }
  assert.equal(validatePort('080'), 80)
  assert.equal(validatePort(65535), 65535)
})

test('a refused connection is a system error with address and port', async () => {
  const theirs = await new Promise<Error>(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => net.connect(port, '127.0.0.1').on('error', resolve))
    })
  })
  const { port } = theirs as unknown as { port: number }
  const ours = systemError('ECONNREFUSED', 'connect', { address: '127.0.0.1', port })
  assert.equal(ours.message, theirs.message)
  assert.deepEqual({ ...ours }, { ...theirs })
})
