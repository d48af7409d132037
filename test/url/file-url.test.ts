import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fileURLToPath, fileURLToPathBuffer, pathToFileURL, URL } from '../../src/url/index.ts'

const posix = { windows: false }
const windows = { windows: true }

describe('paths as file URLs', () => {
  const allAscii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('')
  const vectors: readonly [path: string, options: { windows: boolean }, href: string][] = [
    ['/', posix, 'file:///'],
    ['/a/', posix, 'file:///a/'],
    ['/a/../b', posix, 'file:///b'],
    ['/a\\', posix, 'file:///a%5C'],
    ['/%41', posix, 'file:///%2541'],
    ['/é\ud83d\ude00', posix, 'file:///%C3%A9%F0%9F%98%80'],
    ['/C|/', posix, 'file:///C%7C/'],
    [
      `/${allAscii.replace('/', '')}`,
      posix,
      `file:///%00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C%1D%1E%1F%20!%22%23$%25&'()*+,-.0123456789:;%3C=%3E%3F@ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D%7E%7F`,
    ],
    ['C:\\', windows, 'file:///C:/'],
    ['C:\\a b\\c', windows, 'file:///C:/a%20b/c'],
    ['C:/a/', windows, 'file:///C:/a/'],
    ['\\\\server\\share\\a b', windows, 'file://server/share/a%20b'],
    ['\\\\?\\UNC\\server\\share\\a', windows, 'file://server/share/a'],
    ['\\\\sé\\a', windows, 'file://xn--s-bga/a'],
    ['\\\\?\\C:\\x', windows, 'file:///C:/x'],
  ]
  for (const [path, options, href] of vectors) {
    it(`${JSON.stringify(path.slice(0, 30))} ${options.windows ? 'on Windows' : 'on POSIX'}`, () => {
      assert.equal(pathToFileURL(path, options).href, href)
    })
  }

  it('takes a relative path from the working directory', () => {
    assert.equal(fileURLToPath(pathToFileURL('a/b', posix), posix), `${process.cwd()}/a/b`)
  })

  it('refuses what is no path', () => {
    assert.throws(() => pathToFileURL(1 as never), { code: 'ERR_INVALID_ARG_TYPE' })
    const message = "The argument 'path' Missing UNC resource path. Received '\\\\\\\\server'"
    assert.throws(() => pathToFileURL('\\\\server', windows), { code: 'ERR_INVALID_ARG_VALUE', message })
    assert.throws(() => pathToFileURL('\\\\\\x', windows), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => pathToFileURL('\\\\a b\\c', windows), { code: 'ERR_INVALID_URL' })
  })

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), names => {
        const path = `/${names.map(name => name.replaceAll('/', '').replace(/^\.+$/, '') || 'x').join('/')}`
        assert.equal(fileURLToPath(pathToFileURL(path, posix), posix), path)
      }),
    )
  })
})

describe('file URLs as paths', () => {
  const vectors: readonly [href: string, options: { windows: boolean }, path: string][] = [
    ['file:///a%20b', posix, '/a b'],
    ['file:///%E2%82%AC', posix, '/€'],
    ['file://localhost/a', posix, '/a'],
    ['file:///a%5Cb', posix, '/a\\b'],
    ['file:///C:/a/b%20c', windows, 'C:\\a\\b c'],
    ['file:///c:/', windows, 'c:\\'],
    ['file://server/share/a', windows, '\\\\server\\share\\a'],
    ['file://xn--s-bga/a', windows, '\\\\sé\\a'],
  ]
  for (const [href, options, path] of vectors) {
    it(`${href} ${options.windows ? 'on Windows' : 'on POSIX'}`, () => {
      assert.equal(fileURLToPath(href, options), path)
      assert.equal(fileURLToPath(new URL(href), options), path)
      assert.equal(fileURLToPathBuffer(href, options).toString(), path)
    })
  }

  it('keeps bytes that are not UTF-8', () => {
    assert.deepEqual([...fileURLToPathBuffer('file:///%82%A0%zz', posix)], [0x2f, 0x82, 0xa0, 0x25, 0x7a, 0x7a])
    assert.deepEqual([...fileURLToPathBuffer('file:///C:/%82%5C', windows)], [0x43, 0x3a, 0x5c, 0x82, 0x5c])
    assert.throws(() => fileURLToPath('file:///%82', posix), URIError)
  })

  it('refuses encoded separators, hosts, other schemes and other values', () => {
    for (const href of ['file:///a%2fb', 'file:///a%2Fb']) {
      for (const options of [posix, windows]) {
        assert.throws(() => fileURLToPath(href, options), { code: 'ERR_INVALID_FILE_URL_PATH', input: new URL(href) })
      }
    }
    assert.throws(() => fileURLToPath('file:///C:/a%5cb', windows), { code: 'ERR_INVALID_FILE_URL_PATH' })
    assert.throws(() => fileURLToPath('file:///a', windows), {
      code: 'ERR_INVALID_FILE_URL_PATH',
      message: 'File URL path must be absolute',
    })
    assert.throws(() => fileURLToPath('file://host/a', posix), { code: 'ERR_INVALID_FILE_URL_HOST' })
    assert.throws(() => fileURLToPath('http://a/b'), { code: 'ERR_INVALID_URL_SCHEME' })
    assert.throws(() => fileURLToPath('a'), { code: 'ERR_INVALID_URL' })
    for (const value of [1, null, undefined, {}, { href: 'file:///a', protocol: 'file:', path: '' }]) {
      assert.throws(() => fileURLToPath(value as never), {
        code: 'ERR_INVALID_ARG_TYPE',
        message: /^The "path" argument must be of type string or an instance of URL\./,
      })
    }
  })
})
