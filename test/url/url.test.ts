// The URL class itself: arguments, errors, setters' rules, what it costs.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { domainToASCII, domainToUnicode, URL } from '../../src/url/index.ts'
import { MAX_IDNA_LENGTH, MAX_REMEMBERED_DOMAINS } from '../../src/url/parser/limits.ts'

describe('the constructor', () => {
  it("throws Node's error for what is no URL", () => {
    const failure = (action: () => unknown): Record<string, unknown> => {
      try {
        action()
      } catch (error) {
        const { name, message, stack } = error as Error
        return { name, message, first: stack?.split('\n')[0], ...(error as object) }
      }
      return {}
    }
    const wanted = { name: 'TypeError', message: 'Invalid URL', code: 'ERR_INVALID_URL' }
    assert.deepEqual(
      failure(() => new URL('x')),
      { ...wanted, first: 'TypeError: Invalid URL', input: 'x' },
    )
    assert.deepEqual(
      failure(() => new URL('x', 'y')),
      {
        ...wanted,
        first: 'TypeError: Invalid URL',
        input: 'x',
        base: 'y',
      },
    )
    assert.deepEqual(
      failure(() => new URL('x', 'mailto:y')),
      failure(() => new globalThis.URL('x', 'mailto:y')),
    )
    const first = 'TypeError [ERR_INVALID_URL]: Invalid URL'
    assert.deepEqual(
      failure(() => (new URL('http://a').href = 'x')),
      { ...wanted, first, input: 'x' },
    )
  })

  it('names a missing argument, and converts the others', () => {
    const Loose = URL as unknown as { new (...args: unknown[]): URL } & Record<
      'parse' | 'canParse' | 'revokeObjectURL',
      (...args: unknown[]) => unknown
    >
    const missing = { code: 'ERR_MISSING_ARGS', message: 'The "url" argument must be specified' }
    assert.throws(() => new Loose(), missing)
    assert.throws(() => Loose.parse(), missing)
    assert.throws(() => Loose.canParse(), missing)
    assert.throws(() => Loose.revokeObjectURL(), missing)
    assert.equal(new Loose({ toString: () => 'http://a' }).href, 'http://a/')
    assert.equal(new Loose(1, 'http://a').href, 'http://a/1')
  })
})

describe('setters', () => {
  it('ignore what the standard ignores', () => {
    const vectors: readonly [
      href: string,
      name: 'host' | 'hostname' | 'port' | 'username' | 'protocol' | 'pathname',
      value: string,
    ][] = [
      ['mailto:a', 'host', 'b'],
      ['mailto:a', 'hostname', 'b'],
      ['mailto:a', 'port', '1'],
      ['mailto:a', 'username', 'b'],
      ['mailto:a', 'pathname', 'b'],
      ['file:///a', 'port', '1'],
      ['file:///a', 'username', 'b'],
      ['file:///a', 'protocol', 'http'],
      ['http://u@a/', 'protocol', 'file'],
      ['http://a/', 'host', ''],
      ['http://a/', 'hostname', 'b:1'],
      ['http://a/', 'host', 'b c'],
      ['http://a/', 'port', 'x1'],
      ['http://a/', 'port', '65536'],
      ['a://u@h/', 'host', ''],
      ['http://a/', 'protocol', '1'],
    ]
    for (const [href, name, value] of vectors) {
      const url = new URL(href)
      url[name] = value
      assert.equal(url.href, href, `${name} = ${value}`)
    }
  })

  it('take the part that they can', () => {
    const url = new URL('http://a:1/b')
    url.host = 'c:99999'
    assert.equal(url.href, 'http://c:1/b')
    url.port = '8x'
    assert.equal(url.host, 'c:8')
    url.host = 'd:9/e?f'
    assert.equal(url.href, 'http://d:9/b')
    url.port = ''
    url.pathname = 'x?y#z\\..'
    assert.equal(url.href, 'http://d/')
    url.hash = ' '
    url.search = "'"
    assert.equal(url.href, 'http://d/?%27#%20')
    url.username = 'ü:'
    url.password = '@'
    assert.equal(url.href, 'http://%C3%BC%3A:%40@d/?%27#%20')
    const other = new URL('a:/b')
    other.pathname = '//c'
    assert.equal(other.href, 'a:/.//c')
    assert.equal(other.pathname, '//c')
    other.host = 'h'
    assert.equal(other.href, 'a://h//c')
  })
})

describe('domains', () => {
  it('are told by the host name setter', () => {
    const vectors = [
      ['', '', ''],
      ['A.b', 'a.b', 'a.b'],
      ['1.2', '1.0.0.2', '1.0.0.2'],
      ['faß.de', 'xn--fa-hia.de', 'faß.de'],
      ['xn--fa-hia.de', 'xn--fa-hia.de', 'faß.de'],
      ['a:80', '', ''],
      ['a b', '', ''],
      ['a/b', 'a', 'a'],
      ['?', '', ''],
      ['%41', 'a', 'a'],
      ['[::1]', '[::1]', '[::1]'],
    ] as const
    for (const [domain, ascii, unicode] of vectors) {
      assert.equal(domainToASCII(domain), ascii)
      assert.equal(domainToUnicode(domain), unicode)
    }
    assert.throws(() => (domainToASCII as () => string)(), { code: 'ERR_MISSING_ARGS' })
  })

  it('of more than the limit are no hosts if they need IDNA', () => {
    const domain = `ü${'a'.repeat(MAX_IDNA_LENGTH)}`
    assert.equal(URL.canParse(`http://${domain}/`), false)
    assert.equal(URL.canParse(`http://${domain.slice(0, MAX_IDNA_LENGTH)}/`), true)
    assert.equal(URL.canParse(`http://${'a'.repeat(MAX_IDNA_LENGTH + 1)}/`), true)
  })

  it('come out the same from memory, and after it was full', () => {
    const hosts = Array.from({ length: MAX_REMEMBERED_DOMAINS + 1 }, (_, i) => `ü${i}.test`)
    const first = hosts.map(host => new URL(`http://${host}`).hostname)
    assert.equal(first[0], 'xn--0-dha.test')
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(
        hosts.map(host => new URL(`http://${host}`).hostname),
        first,
      )
      // The same to IDNA, and another text to the memory.
      assert.deepEqual(
        hosts.map(host => new URL(`http://${host.toUpperCase()}`).hostname),
        first,
      )
      assert.equal(URL.canParse('http://ü.xn--a'), false)
    }
  })
})

describe('long inputs', () => {
  // Quadratic behaviour would take minutes for one of them.
  const length = 1 << 20
  const units = [
    'a',
    '/',
    '../',
    'a/../',
    '%2e/',
    '\\',
    'é',
    '%',
    ' ',
    '@',
    'a@',
    ':',
    '[',
    '0',
    '1.',
    'xn--',
    'ü.',
    '?',
    '#',
    '\t',
    '\ud800',
    'C|/',
  ]
  const shapes = [
    '',
    'http://',
    'http://h/',
    'http://h/?',
    'http://h/#',
    'http://u:',
    'http://[',
    'a:',
    'a://',
    'file:',
    'file:///',
  ]
  for (const shape of shapes) {
    it(`beginning with '${shape}' take linear time`, { timeout: 30_000 }, () => {
      for (const unit of units) {
        const input = shape + unit.repeat(length / unit.length)
        const url = URL.parse(input, 'http://h/a/b/c')
        if (url !== null) assert.equal(URL.canParse(url.href), true, unit)
      }
    })
  }
})
