// Shape: exports, classes, members, their flags and lengths, held against the runtime's own module; and what newer
// versions of Node have besides, listed by name.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as builtIn from 'node:url'
import * as ours from '../../src/url/index.ts'

/** In Node 26 and not in every Node that this runs on. */
const newer = new Set(['fileURLToPathBuffer', 'URLPattern', 'URL.parse'])

/** In the module of older versions and no longer in Node 26's. */
const removed = new Set(['resolveObjectURL', 'module.exports'])

type Members = Record<string, unknown>

describe('the shape of the module', () => {
  it('exports what node:url exports', () => {
    const theirs = Object.keys(builtIn).filter(name => !removed.has(name))
    assert.deepEqual(
      Object.keys(ours)
        .filter(name => !newer.has(name) || theirs.includes(name))
        .sort(),
      theirs.sort(),
    )
    for (const name of newer) if (!name.includes('.')) assert.ok(name in ours, name)
  })

  it('has functions of the same names and lengths', () => {
    for (const [name, value] of Object.entries(builtIn as Members)) {
      if (typeof value !== 'function' || removed.has(name)) continue
      const own = (ours as Members)[name] as typeof value
      assert.equal(own.length, value.length, `${name}.length`)
    }
  })

  const classes = {
    URL: [ours.URL, builtIn.URL],
    URLSearchParams: [ours.URLSearchParams, builtIn.URLSearchParams],
    Url: [ours.Url, (builtIn as unknown as { Url: typeof ours.Url }).Url],
  } as const
  for (const [name, [own, theirs]] of Object.entries(classes)) {
    it(`gives ${name} the same static members`, () => compare(name, own, theirs))
    it(`gives ${name}.prototype the same members`, () => compare(`${name}.prototype`, own.prototype, theirs.prototype))
  }

  it('gives the iterator of URLSearchParams the same members', () => {
    const ourIterator = Object.getPrototypeOf(new ours.URLSearchParams().keys())
    const theirIterator = Object.getPrototypeOf(new builtIn.URLSearchParams().keys())
    compare('iterator', ourIterator, theirIterator)
    assert.equal(Object.getPrototypeOf(ourIterator), Object.getPrototypeOf(theirIterator))
  })

  it('gives URLPattern the members of the standard', () => {
    const names = Object.entries(Object.getOwnPropertyDescriptors(ours.URLPattern.prototype))
    assert.deepEqual(
      names.filter(([, { enumerable }]) => enumerable).map(([name]) => name),
      [
        'protocol',
        'username',
        'password',
        'hostname',
        'port',
        'pathname',
        'search',
        'hash',
        'hasRegExpGroups',
        'exec',
        'test',
      ],
    )
    assert.equal(String(new ours.URLPattern()), '[object URLPattern]')
    assert.equal(ours.URLPattern.name, 'URLPattern')
    assert.equal(new ours.URLPattern().constructor, ours.URLPattern)
  })
})

function compare(where: string, own: object, theirs: object): void {
  assert.equal(Object.prototype.toString.call(own), Object.prototype.toString.call(theirs), where)
  for (const key of Reflect.ownKeys(theirs)) {
    // The runtime's functions of the old kind have these two besides.
    if (key === 'arguments' || key === 'caller') continue
    const label = `${where}.${String(key)}`
    const wanted = Object.getOwnPropertyDescriptor(theirs, key) as PropertyDescriptor
    const found = Object.getOwnPropertyDescriptor(own, key)
    assert.ok(found, `${label} is missing`)
    for (const flag of ['enumerable', 'configurable', 'writable'] as const) {
      assert.equal(found[flag], wanted[flag], `${label}: ${flag}`)
    }
    for (const part of ['value', 'get', 'set'] as const) {
      assert.equal(typeof found[part], typeof wanted[part], `${label}: ${part}`)
      if (typeof wanted[part] === 'function') {
        assert.equal(found[part].length, wanted[part].length, `${label}: length of ${part}`)
        assert.equal(found[part].name, wanted[part].name, `${label}: name of ${part}`)
      }
    }
  }
  const extra = Reflect.ownKeys(own).filter(key => !Reflect.ownKeys(theirs).includes(key))
  assert.deepEqual(
    extra.filter(key => !newer.has(`${where}.${String(key)}`)),
    [],
    `${where}: more than there should be`,
  )
}
