// URLPattern: syntax, errors and results, without others' data.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { URL, URLPattern } from '../../../src/url/index.ts'

const pathOf = (pathname: string): InstanceType<typeof URLPattern> => new URLPattern({ pathname })

describe('a pattern of a path', () => {
  const vectors: readonly [pattern: string, path: string, groups: Record<string, string | undefined> | null][] = [
    ['/a', '/a', {}],
    ['/a', '/a/', null],
    ['/:id', '/7', { id: '7' }],
    ['/:id', '/7/8', null],
    ['/:id?', '', { id: undefined }],
    ['/a/:id?', '/a', { id: undefined }],
    ['/a/:id*', '/a/b/c', { id: 'b/c' }],
    ['/a/:id+', '/a', null],
    ['/a/*', '/a/b/c', { 0: 'b/c' }],
    ['/(\\d+)', '/12', { 0: '12' }],
    ['/:id(\\d+)', '/x', null],
    ['/a{/b}?', '/a', {}],
    ['/a{/b}+', '/a/b/b', {}],
    ['/:a-:b', '/1-2', { a: '1', b: '2' }],
    ['/\\:a', '/:a', {}],
    ['/é', '/%C3%A9', {}],
    ['/a.b', '/aXb', null],
    ['/:__proto__', '/x', Object.fromEntries([['__proto__', 'x']])],
  ]
  for (const [pattern, path, groups] of vectors) {
    it(`${pattern} on '${path}'`, () => {
      const result = pathOf(pattern).exec({ pathname: path })
      assert.equal(pathOf(pattern).test({ pathname: path }), groups !== null)
      assert.deepEqual(result?.pathname.groups ?? null, groups)
    })
  }
})

describe('a pattern', () => {
  it('is written back in its normal form', () => {
    const pattern = new URLPattern('https://{:sub.}?example.com:443/books/:id(\\d+)\\?q=:q#*')
    assert.deepEqual(
      [pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search, pattern.hash],
      ['https', '{:sub.}?example.com', '', '/books/:id(\\d+)', 'q=:q', '*'],
    )
    assert.deepEqual([pattern.username, pattern.password, pattern.hasRegExpGroups], ['*', '*', true])
    assert.equal(pathOf('/a/*').hasRegExpGroups, false)
    assert.equal(inspect(pattern), 'URLPattern {}')
  })

  it('gives what each component matched', () => {
    const pattern = new URLPattern('/:page', 'https://example.com')
    const result = pattern.exec('https://example.com/x')
    assert.deepEqual(
      { ...result },
      {
        inputs: ['https://example.com/x'],
        protocol: { input: 'https', groups: {} },
        username: { input: '', groups: { 0: '' } },
        password: { input: '', groups: { 0: '' } },
        hostname: { input: 'example.com', groups: {} },
        port: { input: '', groups: {} },
        pathname: { input: '/x', groups: { page: 'x' } },
        search: { input: '', groups: { 0: '' } },
        hash: { input: '', groups: { 0: '' } },
      },
    )
    assert.deepEqual(pattern.exec('/x', 'https://example.com')?.inputs, ['/x', 'https://example.com'])
    assert.equal(pattern.test('/x', new URL('https://example.com')), true)
    assert.equal(pattern.exec('x:'), null)
    assert.equal(pattern.exec('/x', 'no base'), null)
    assert.equal(pattern.exec({ port: 'x' }), null)
    assert.equal(new URLPattern().test(), true)
  })

  it('ignores case where it is told to', () => {
    assert.equal(new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test({ pathname: '/a' }), true)
    assert.equal(new URLPattern('/A', 'http://x', { ignoreCase: true }).test('http://x/a'), true)
    assert.equal(new URLPattern({ pathname: '/A' }).test({ pathname: '/a' }), false)
  })
})

describe('what is no pattern', () => {
  const Loose = URLPattern as unknown as new (...args: unknown[]) => { exec(...args: unknown[]): unknown }

  it("throws Node's error for its syntax", () => {
    const error = { name: 'TypeError', code: 'ERR_INVALID_URL_PATTERN', message: 'Failed to construct URLPattern' }
    for (const pathname of [
      '(',
      '(?:a)',
      '()',
      '((a))',
      '(a\\',
      '(é)',
      '\\',
      ':',
      '{a',
      'a}',
      '{:a:b}',
      '/:a/:a',
      '([)',
    ]) {
      assert.throws(() => pathOf(pathname), error, pathname)
    }
    assert.throws(() => new URLPattern('/a'), error)
    assert.throws(() => new URLPattern('/a', 'no base'), error)
    assert.throws(() => new Loose({}, 'http://a'), error)
    assert.throws(() => new URLPattern({ protocol: '1' }), error)
    assert.throws(() => new URLPattern({ port: 'x' }), error)
    assert.throws(() => new URLPattern({ hostname: '[x]' }), error)
    assert.throws(() => new URLPattern({ baseURL: 'x' }), error)
  })

  it("throws Node's errors for its arguments", () => {
    const error = (message: string): object => ({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message })
    assert.throws(() => new Loose(1), error('Input must be an object or a string'))
    assert.throws(() => new Loose({}, 1), error('second argument must be a string or object'))
    assert.throws(() => new Loose({}, {}, {}), error('second argument must be a string'))
    assert.throws(() => new Loose({}, '', 1), error('options must be an object'))
    assert.throws(() => new Loose({}, { ignoreCase: '' }), error('options.ignoreCase must be a boolean'))
    const pattern = new Loose()
    assert.throws(() => pattern.exec(1), error('URLPattern input needs to be a string or an object'))
    assert.throws(() => pattern.exec('', 1), error('baseURL must be a string'))
    assert.throws(() => pattern.exec({}, 'http://a'), { code: 'ERR_OPERATION_FAILED' })
    assert.throws(() => (URLPattern as unknown as () => void)(), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' })
    const { exec } = URLPattern.prototype
    assert.throws(() => exec.call({} as never), { name: 'TypeError', message: 'Illegal invocation' })
  })

  it('passes on what the getters of its arguments throw', () => {
    const thrower = (name: string): object =>
      Object.defineProperty({}, name, {
        get: () => {
          throw new Error('mine')
        },
      })
    assert.throws(() => new Loose(thrower('protocol')), { message: 'mine' })
    assert.throws(() => new Loose({}, thrower('ignoreCase')), { message: 'mine' })
    assert.throws(() => new Loose().exec(thrower('hash')), { message: 'mine' })
  })
})
