// The behaviours that the project promises, by their numbers (URL-1 to URL-14), and with them each entry of the module's
// inventory.

import assert from 'node:assert/strict'
import { Blob, resolveObjectURL } from 'node:buffer'
import { request } from 'node:http'
import { parse as parseQuery } from 'node:querystring'
import { it } from 'node:test'
import { inspect } from 'node:util'
import {
  domainToASCII,
  domainToUnicode,
  fileURLToPath,
  format,
  parse,
  pathToFileURL,
  URL,
  URLSearchParams,
  urlToHttpOptions,
} from '../../src/url/index.ts'

it('URL-1 parses as the URL standard says', () => {
  assert.equal(new URL('../c?d#e', 'HTTP://EXAMPLE.com/a/b/').href, 'http://example.com/a/c?d#e')
  assert.equal(domainToASCII('español.com'), 'xn--espaol-zwa.com')
  assert.equal(domainToUnicode('xn--espaol-zwa.com'), 'español.com')
  assert.equal(domainToASCII('xn--iñvalid.com'), '')
})

it('URL-2 knows the special schemes and drops their default ports', () => {
  const ports = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 }
  for (const [scheme, port] of Object.entries(ports)) {
    assert.equal(new URL(`${scheme}://h:${port}/`).port, '')
    assert.equal(new URL(`${scheme}://h:${port + 1}/`).port, `${port + 1}`)
    const url = new URL(`${scheme}://h:9/`)
    url.port = `${port}`
    assert.equal(url.href, `${scheme}://h/`)
  }
  assert.equal(URL.parse('file://h:80/'), null)
  assert.equal(new URL('other://h:80/').port, '80')
})

it('URL-3 keeps a scheme special or not special', () => {
  const url = new URL('http://h:8080/')
  url.protocol = 'mailto'
  assert.equal(url.protocol, 'http:')
  url.protocol = 'https:'
  assert.equal(url.href, 'https://h:8080/')
  const other = new URL('a://h/')
  other.protocol = 'http'
  assert.equal(other.protocol, 'a:')
})

it('URL-4 gives each part with its mark', () => {
  const url = new URL('https://u:p@h.x:81/a?b#c')
  assert.deepEqual(
    [url.protocol, url.search, url.hash, url.host, url.hostname, url.origin, url.username, url.password, url.pathname],
    ['https:', '?b', '#c', 'h.x:81', 'h.x', 'https://h.x:81', 'u', 'p', '/a'],
  )
  assert.equal(url.toString(), url.href)
  assert.equal(JSON.stringify({ url }), `{"url":"${url.href}"}`)
})

it('URL-5 is printed by the console with twelve properties', () => {
  const url = new URL('https://u:p@h:81/a?x=111#c')
  const text = `URL {
  href: 'https://u:p@h:81/a?x=111#c',
  origin: 'https://h:81',
  protocol: 'https:',
  username: 'u',
  password: 'p',
  host: 'h:81',
  hostname: 'h',
  port: '81',
  pathname: '/a',
  search: '?x=111',
  searchParams: URLSearchParams { 'x' => '111' },
  hash: '#c'
}`
  assert.equal(inspect(url), text)
  assert.equal(inspect({ a: { b: { c: url } } }), inspect({ a: { b: { c: new globalThis.URL(url.href) } } }))
})

it('URL-6 becomes options of http.request', () => {
  const options = urlToHttpOptions(new URL('http://us%65r:p%40@[::1]:81/a?b#c'))
  assert.equal(Object.getPrototypeOf(options), null)
  assert.deepEqual(
    { ...options },
    {
      protocol: 'http:',
      hostname: '::1',
      hash: '#c',
      search: '?b',
      pathname: '/a',
      path: '/a?b',
      href: 'http://us%65r:p%40@[::1]:81/a?b#c',
      port: 81,
      auth: 'user:p@',
    },
  )
  assert.equal('port' in urlToHttpOptions(new URL('http://a')), false)
  assert.throws(() => urlToHttpOptions('http://a' as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it('URL-7 makes a URL for a Blob, and frees it', async () => {
  const id = URL.createObjectURL(new Blob(['text']) as never)
  assert.match(id, /^blob:nodedata:/)
  assert.equal(await resolveObjectURL(id)?.text(), 'text')
  URL.revokeObjectURL(id)
  assert.equal(resolveObjectURL(id), undefined)
  assert.throws(() => URL.createObjectURL({} as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it('URL-8 makes a URLSearchParams from nothing, text, objects and iterables', () => {
  assert.equal(`${new URLSearchParams()}`, '')
  assert.equal(`${new URLSearchParams('?a=b&c')}`, 'a=b&c=')
  assert.equal(`${new URLSearchParams({ a: 'b', c: ['d', 'e'] })}`, 'a=b&c=d%2Ce')
  assert.equal(`${new URLSearchParams([['a', 'b']])}`, 'a=b')
  assert.equal(`${new URLSearchParams(new Map([['a', 'b']]))}`, 'a=b')
  assert.equal(`${new URLSearchParams(new URLSearchParams('a=b'))}`, 'a=b')
  assert.equal(`${new URL('http://a/?a=b').searchParams}`, 'a=b')
})

it('URL-9 gets null, the first value, or all', () => {
  const params = new URLSearchParams('a=1&b=2&a=3')
  assert.equal(params.get('x'), null)
  assert.equal(params.get('a'), '1')
  assert.deepEqual(params.getAll('a'), ['1', '3'])
  assert.deepEqual(params.getAll('x'), [])
  assert.equal(params.has('a', '3'), true)
  assert.equal(params.has('a', '2'), false)
})

it('URL-10 sets in the place of the first, and removes the rest', () => {
  const params = new URLSearchParams('a=1&b=2&a=3&c=4')
  params.set('a', 'x')
  assert.equal(`${params}`, 'a=x&b=2&c=4')
  params.set('d', 'y')
  assert.equal(`${params}`, 'a=x&b=2&c=4&d=y')
})

it('URL-11 appends duplicates in order', () => {
  const params = new URLSearchParams('a=1')
  params.append('a', '2')
  params.append('a', '1')
  assert.equal(`${params}`, 'a=1&a=2&a=1')
  params.delete('a', '1')
  assert.equal(`${params}`, 'a=2')
})

it('URL-12 sorts by code units, and equal names stay in order', () => {
  const params = new URLSearchParams('b=1&\ufffd=2&\u{1f308}=3&a=4&b=0')
  params.sort()
  // The rainbow's first code unit is below U+FFFD, its code point above.
  assert.deepEqual([...params.keys()], ['a', 'b', 'b', '\u{1f308}', '\ufffd'])
  assert.deepEqual(params.getAll('b'), ['1', '0'])
})

it('URL-13 iterates in the order of the list', () => {
  const params = new URLSearchParams('b=1&a=2&b=3')
  assert.deepEqual([...params.keys()], ['b', 'a', 'b'])
  assert.deepEqual([...params.values()], ['1', '2', '3'])
  assert.deepEqual([...params.entries()], [...params])
  assert.equal(params.size, 3)
})

it('URL-14 splits a request target the old way', () => {
  const target = parse('/a/b?c=d&c=e')
  assert.deepEqual([target.pathname, target.search, target.query], ['/a/b', '?c=d&c=e', 'c=d&c=e'])
  // querystring is no module of this project: its functions are the runtime's own.
  assert.deepEqual(parse('/a?c=d&c=e', true).query, parseQuery('c=d&c=e'))
})

it('goes between paths and file URLs', () => {
  assert.equal(pathToFileURL('/a b#c?.ts', { windows: false }).href, 'file:///a%20b%23c%3F.ts')
  assert.equal(fileURLToPath('file:///a%20b%23c', { windows: false }), '/a b#c')
  assert.equal(fileURLToPath(new globalThis.URL('file:///C:/a'), { windows: true }), 'C:\\a')
})

it('formats a URL without its parts', () => {
  const url = new URL('https://u:p@xn--g6w251d/a?b#c')
  assert.equal(format(url, { auth: false, fragment: false, search: false, unicode: true }), 'https://測試/a')
  assert.equal(format(new globalThis.URL(url), { fragment: false }), 'https://u:p@xn--g6w251d/a?b')
  // CVE-2026-21712: the runtime's URL may hold a host that is no Punycode, and has aborted the process over it.
  const broken = { href: 'http://xn--a/' }
  assert.equal(format(Object.setPrototypeOf(broken, null), { unicode: true } as never), '')
  assert.equal(format(Object.setPrototypeOf(broken, URL.prototype), { unicode: true }), 'http://xn--a/')
})

it("takes the runtime's URL, and gives ours to the runtime", () => {
  assert.equal(new URL('x', new globalThis.URL('http://a/b/') as never).href, 'http://a/b/x')
  assert.equal(new globalThis.URL('x', new URL('http://a/b/')).href, 'http://a/b/x')
  assert.equal(urlToHttpOptions(new globalThis.URL('http://a/b')).path, '/b')
  const message = request(new URL('http://127.0.0.1:1/b?c'), { agent: false }).on('error', () => {})
  assert.equal(message.path, '/b?c')
  message.destroy()
})
