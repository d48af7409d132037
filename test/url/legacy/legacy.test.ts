// The legacy API: parse, format, resolve. Where it can, each case is held against the runtime's own as well.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as builtIn from 'node:url'
import { format, parse, resolve, resolveObject, Url } from '../../../src/url/index.ts'
import { makeUrlText, randomFrom } from '../../fuzz/url-inputs.ts'

process.removeAllListeners('warning')

describe('parse', () => {
  const inputs = [
    '/',
    '//a/b',
    '///a',
    '/a b?c',
    ' /a?b=c ',
    '?a',
    '#a',
    'a',
    '',
    'http://a',
    'HTTP://A.com:80/B',
    'HTTP:a',
    'http:/a',
    'http:\\\\a\\b?c\\d',
    'http://u:p%40@h:1/a?b#c?d',
    'http://a@b@c/d',
    'http://a?b@c',
    'http://a/b c"d<e>',
    "http://a/'`{}|^\\",
    'http://[::1]:80/a',
    'http://[::1]',
    'http://a:/b',
    'http://münchen.de/',
    'http://A%20b/c',
    'http://a;b/c',
    'http://a\tb/c',
    'mailto:a@b.c?d=e',
    'javascript:alert("a b");a=/"/',
    'javascript://a/b c',
    'file:///a/b',
    'file://h/a',
    'x-y.z+1:a/b',
    'coap:[::1]:1/a',
    '//u@h/a',
    `http://${'a'.repeat(256)}/b`,
    '\u00a0http://a/\ufeff',
  ]
  for (const input of inputs) {
    it(`takes ${JSON.stringify(input.slice(0, 40))} apart as Node does`, () => {
      for (const [query, host] of [
        [false, false],
        [true, false],
        [true, true],
      ] as const) {
        assert.deepEqual({ ...parse(input, query, host) }, { ...builtIn.parse(input, query, host) })
      }
    })
  }

  it('refuses what is no string, and hosts that would change where a URL leads', () => {
    assert.throws(() => parse(1 as never), { code: 'ERR_INVALID_ARG_TYPE' })
    for (const host of ['fail℀.com', 'a＠b', '\u00ad', '[127.0.0.1\0x]', 'xn--iñvalid.com', 'xn--a']) {
      assert.throws(() => parse(`http://${host}/`), { code: 'ERR_INVALID_URL', input: `http://${host}/` }, host)
    }
    assert.throws(() => parse('http://a:b/'), {
      code: 'ERR_INVALID_ARG_VALUE',
      message: "The argument 'url' http://a:b/. Received 'Invalid port in url'",
    })
    assert.throws(() => parse('http://%E0%A4%A@a/'), URIError)
    assert.throws(() => parse('http://\ud800@a/'), { name: 'URIError', code: 'ERR_INVALID_URI' })
  })

  it('returns a Url that it is given', () => {
    const url = parse('http://a/')
    assert.equal(parse(url), url)
    assert.ok(url instanceof Url)
  })
})

describe('format', () => {
  const objects: readonly object[] = [
    {},
    { protocol: 'http', host: 'a' },
    { protocol: 'http:', hostname: '::1', port: 80, auth: 'a:b c@' },
    { protocol: 'mailto', auth: 'a', hostname: 'b' },
    { protocol: 'file', pathname: 'a' },
    { protocol: 'x', slashes: true, pathname: 'a' },
    { pathname: '/a?b#c', search: 'd#e', hash: 'f' },
    { host: 'a', query: { b: 'c', d: ['e', 'f'] } },
    { query: {} },
    { search: '?a', query: { b: 'c' } },
  ]
  for (const one of objects) {
    it(`puts ${JSON.stringify(one)} together as Node does`, () => assert.equal(format(one), builtIn.format(one)))
  }

  it('parses a string first, and refuses all else', () => {
    assert.equal(format('http://A/b c'), 'http://a/b%20c')
    for (const value of [1, null, undefined, true]) {
      assert.throws(() => format(value as never), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })
})

describe('resolve', () => {
  const pairs = [
    ['/one/two/three', 'four'],
    ['http://example.com/one', '/two'],
    ['http://a/b/c', '../../../d'],
    ['http://a/b/c/', '.'],
    ['http://a/b/c', './..'],
    ['http://a/b?c', '?d'],
    ['http://a/b?c#d', '#e'],
    ['http://a/b', '//c/d'],
    ['http://a', '//c'],
    ['http://a/b', 'https:c/d'],
    ['http://a/b', 'https:///c/d'],
    ['http://a/b', 'mailto:c@d'],
    ['mailto:a@b', 'c@d'],
    ['mailto:a@b', '?d'],
    ['file:///a/b', '../../c'],
    ['a/b', '../../../c'],
    ['a', '..'],
    ['.', '#'],
    ['x:a/b', 'c'],
    ['x:/a', 'x:b'],
    ['http://u:p@a/b', '/c'],
    ['http://u:p@a/b', 'http://c/d'],
    ['http://a/b', ''],
    ['', '/b'],
  ] as const
  for (const [from, to] of pairs) {
    it(`${from} and ${to}`, () => assert.equal(resolve(from, to), builtIn.resolve(from, to)))
  }

  it('gives an object, and the second argument where there is no first', () => {
    assert.equal((resolveObject('http://a/b', 'c') as Url).href, 'http://a/c')
    assert.equal(resolveObject('', 'c'), 'c')
    assert.equal(new Url().parse('http://a/b').resolve('c'), 'http://a/c')
  })

  it('agrees with Node on texts from a seed', () => {
    const random = randomFrom(20)
    for (let i = 0; i < 3000; i++) {
      const from = makeUrlText(random)
      const to = makeUrlText(random)
      // Node 20 knows no error for a bad port, and no lone surrogates: test/fuzz/url.ts names the differences.
      if (/xn--|[[\ud800-\udfff]|:(?!\/)/i.test(`${from} ${to}`)) continue
      assert.equal(
        textOr(() => resolve(from, to)),
        textOr(() => builtIn.resolve(from, to)),
        `${from} and ${to}`,
      )
    }
  })
})

it('warns of DEP0169 once, and not for code in node_modules', async () => {
  const { execFileSync } = await import('node:child_process')
  const { mkdtempSync, mkdirSync, writeFileSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-url-'))
  const module = new URL('../../../src/url/index.js', import.meta.url).href
  const code = `import { parse } from '${module}'; parse('http://a'); parse('http://b')`
  mkdirSync(join(folder, 'node_modules', 'x'), { recursive: true })
  const inside = join(folder, 'node_modules', 'x', 'x.mjs')
  const outside = join(folder, 'y.mjs')
  writeFileSync(inside, code)
  writeFileSync(outside, code)
  const run = (file: string): string => {
    const script = `import { spawnSync } from 'node:child_process'
      process.stdout.write(spawnSync(process.execPath, [${JSON.stringify(file)}]).stderr)`
    return execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString()
  }
  assert.equal(run(inside), '')
  assert.equal(run(outside).match(/DEP0169/g)?.length, 1)
})

function textOr(action: () => string): string {
  try {
    return action()
  } catch (error) {
    return String((error as { code?: string }).code ?? error)
  }
}
