import assert from 'node:assert/strict'
import builtIn from 'node:http'
import { it } from 'node:test'
import { isValidHeaderName, isValidHeaderValue, websocketMask, websocketUnmask } from '../../src/http/index.ts'

const key = Buffer.from('37fa213d', 'hex')

it('masks and unmasks the example of RFC 6455 section 5.7', () => {
  const output = Buffer.alloc(8)
  assert.equal(websocketMask(Buffer.from('Hello'), key, output, 2, 5), undefined)
  assert.equal(output.toString('hex'), '00007f9f4d515800')
  const frame = output.subarray(2, 7)
  websocketUnmask(frame, new Uint16Array(key.buffer.slice(key.byteOffset, key.byteOffset + 4)))
  assert.equal(frame.toString(), 'Hello')
})

it('masks within one buffer, to the front and to the back, and with a key that lies in it', () => {
  for (const [from, to] of [
    [0, 3],
    [3, 0],
    [2, 2],
  ] as const) {
    const bytes = Buffer.from('abcdefghij')
    const expected = Buffer.from(bytes)
    websocketMask(Buffer.from(bytes.subarray(from, from + 6)), key, expected, to, 6)
    websocketMask(bytes.subarray(from, from + 6), key, bytes, to, 6)
    assert.deepEqual(bytes, expected)
  }
  const own = Buffer.from('abcdefgh')
  websocketUnmask(own, own.subarray(0, 4))
  assert.equal(own.toString('hex'), '000000000404040c')
})

it('checks its arguments', () => {
  const four = Buffer.alloc(4)
  const typeError = { code: 'ERR_INVALID_ARG_TYPE' }
  assert.throws(() => websocketMask('x' as never, four, four, 0, 4), typeError)
  assert.throws(() => websocketMask(four, 5 as never, four, 0, 4), typeError)
  assert.throws(() => websocketMask(four, four, {} as never, 0, 4), typeError)
  assert.throws(() => websocketMask(four, four, four, '0' as never, 4), typeError)
  assert.throws(() => websocketUnmask('x' as never, four), typeError)
  assert.throws(() => websocketMask(four, Buffer.alloc(5), four, 0, 4), { code: 'ERR_INVALID_ARG_VALUE' })
  for (const [offset, length] of [
    [5, 0],
    [2, 4],
    [0, 5],
    [-1, 0],
  ] as const) {
    assert.throws(() => websocketMask(four, four, four, offset, length), { code: 'ERR_OUT_OF_RANGE' })
  }
})

it('isValidHeaderName and isValidHeaderValue answer where the others throw', () => {
  const values = ['a', '', '\r', '\u00e9', '\u0101', '\x01', 1, null, {}, ['a'], undefined, Symbol('x')]
  assert.deepEqual(
    values.map(value => isValidHeaderValue(value)),
    [true, true, false, true, false, false, true, true, true, true, false, false],
  )
  assert.equal(isValidHeaderValue('\x01', { httpValidation: 'relaxed' }), true)
  assert.equal(isValidHeaderValue('\n', { httpValidation: 'relaxed' }), false)
  assert.throws(() => isValidHeaderValue('a', { httpValidation: 'insecure' as never }), {
    code: 'ERR_INVALID_ARG_VALUE',
  })
  assert.throws(() => isValidHeaderValue('a', null as never), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.deepEqual(['a-b', '', 'a b', 5, 'n\u00e9'].map(isValidHeaderName), [true, false, false, false, false])
})

it("does what the runtime's own does, where it has them", { skip: !('websocketMask' in builtIn) }, () => {
  const { websocketMask: theirs } = builtIn as unknown as { websocketMask: typeof websocketMask }
  for (let size = 0; size < 70; size++) {
    const source = Buffer.from(Array.from({ length: size }, (_, i) => (i * 37) & 255))
    const [a, b] = [Buffer.alloc(80), Buffer.alloc(80)]
    websocketMask(source, key, a, size % 8, size)
    theirs(source, key, b, size % 8, size)
    assert.deepEqual(a, b)
  }
})
