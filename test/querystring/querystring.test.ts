// querystring against the runtime's own, by hand and at random.

import assert from 'node:assert/strict'
import runtime from 'node:querystring'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import ours from '../../src/querystring/index.ts'

type Any = (...args: unknown[]) => unknown

/** The same outcome, a thrown one as well. */
function same(method: keyof typeof ours, ...args: unknown[]): void {
  const outcome = (module: unknown) => {
    try {
      const value = (module as Record<string, Any>)[method]?.(...args)
      return { value }
    } catch (error) {
      const { name, code, message } = error as NodeJS.ErrnoException
      return { name, code, message }
    }
  }
  assert.deepEqual(outcome(ours), outcome(runtime), `${method}(${args.map(one => inspect(one)).join()})`)
}

describe('querystring', () => {
  it('parse() takes pairs apart, as the runtime does', () => {
    const texts = [
      '',
      'a',
      'a=',
      '=a',
      '=',
      '&',
      '&&',
      'a&',
      '&a',
      'a=b',
      'a=b&',
      'a=b&&c=d',
      'a=b=c',
      'a==b',
      'a&b=c',
      'a=1&a=2&a=3',
    ]
    texts.push(
      'a+b=c+d',
      '%61=%62',
      'a=%',
      'a=%4',
      'a=%zz',
      'a=%E9',
      'a=%C3%A9',
      'ä=ö',
      'ä=%E9',
      'a=%%41',
      '__proto__=1',
      'pop=1&pop=2',
      'a=%2B+',
    )
    for (const text of texts) {
      same('parse', text)
      same('decode', text, '', '')
      same('parse', text, null, null, { maxKeys: 1 })
      same('parse', text, ';', ':')
    }
    for (const text of ['a:b;c:d', 'a:b;c', ';', ':;:']) same('parse', text, ';', ':')
    for (const text of ['a->b&&c->d', 'a->b&c', '&&&', '->', 'a->', 'a-&&b>']) same('parse', text, '&&', '->')
    for (const given of [undefined, null, 1, {}, [], true]) same('parse', given)
    for (const maxKeys of [0, 1, 2, 2.5, -1, Number.POSITIVE_INFINITY, Number.NaN, '1']) {
      same('parse', '&a=1&&b=2&c=3&', null, null, { maxKeys })
    }
    same('parse', Array.from({ length: 1200 }, (_, i) => `k${i}=${i}`).join('&'))
  })

  it('parse() asks a function of the program for each text, with escapes for spaces', () => {
    const asked = (module: typeof runtime) => {
      const texts: string[] = []
      const decode = (text: string) => {
        texts.push(text)
        if (text.includes('!')) throw new Error('not mine')
        return text.toUpperCase()
      }
      return [module.parse('a+b=c&=&d&e=%41!+', null as never, null as never, { decodeURIComponent: decode }), texts]
    }
    assert.deepEqual(asked(ours as unknown as typeof runtime), asked(runtime))
  })

  it('stringify() takes each kind of value, as the runtime does', () => {
    const symbol = Symbol('s')
    const values = [
      '',
      'a b',
      'ä&=',
      0,
      -0,
      1.5,
      1e21,
      1e-7,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      12n,
      true,
      false,
      null,
      undefined,
      {},
      () => {},
      symbol,
    ]
    for (const value of values) same('stringify', { key: value })
    same('stringify', { 'k y': values.slice(0, 12), empty: [], next: 1 })
    same('stringify', { a: [] })
    same('stringify', { a: 1, b: [2, 3] }, ';', ':')
    same('encode', { a: 'b c' }, null, null, { encodeURIComponent: (text: string) => `<${text}>` })
    same('stringify', { a: 1, b: '' }, null, null, { encodeURIComponent: (text: string) => `<${text}>` })
    same('stringify', ['x', 'y'])
    for (const given of [undefined, null, 1, 'text', true]) same('stringify', given)
    same('stringify', { a: '\ud800' })
  })

  it('escape(), unescape() and unescapeBuffer() do what the runtime does', () => {
    const texts = [
      '',
      "azAZ09-_.!~*'()",
      '"#$%&+,/:;<=>?@[]^`{|}',
      'ä€😀',
      '\ud800',
      '\ud800a',
      'a\udc00b',
      '\udc00',
      'a\ud83d',
    ]
    for (const text of [...texts, 1, null, undefined, {}, true, Symbol('s')]) same('escape', text)
    for (const text of [...texts, '%', '%4', '%41', '%4g', '%E9', 'ä%E9', '%C3%A9+', '%%41']) {
      same('unescape', text)
      same('unescape', text, true)
      same('unescapeBuffer', text)
      same('unescapeBuffer', text, true)
    }
  })

  it('a function that a program puts there is used by the others', () => {
    const before = { ...ours }
    try {
      ours.escape = text => `{${text}}`
      assert.equal(ours.stringify({ a: 'b' }), '{a}={b}')
      ours.unescape = text => `[${text}]`
      assert.deepEqual({ ...ours.parse('a=b') }, { '[a]': '[b]' })
    } finally {
      Object.assign(ours, before)
    }
  })

  it('agrees with the runtime on texts at random', () => {
    // Beside characters that are not ASCII the runtime takes some malformed escapes for whole ones, and loses the characters.
    const ascii = fc.constantFrom(...'&=+%;:41aE9', '%41', '%C3%A9', '%E9', '&&')
    const whole = fc.constantFrom(...'&=+;:4aä€\ud800', '%41', '%C3%A9')
    const text = fc.oneof(...[ascii, whole].map(unit => fc.array(unit, { maxLength: 14 }).map(units => units.join(''))))
    const separators = fc.constantFrom([undefined, undefined], [';', ':'], ['&&', '='])
    fc.assert(
      fc.property(text, separators, (one, [separator, equals]) => {
        same('parse', one, separator, equals)
        same('escape', one)
        same('unescape', one)
        same('unescapeBuffer', one)
        same('stringify', { [one]: [one, 1], more: one }, separator, equals)
      }),
      { numRuns: 2000, includeErrorInReport: true },
    )
  })
})
