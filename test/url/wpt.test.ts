// The web platform tests' data for URLs, all of it. What the runtime's own URL fails is counted beside ours by the
// script under test/fuzz, not excused here.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { URL } from '../../src/url/index.ts'
import { isDataAbsent, readCases, readJson } from './shared-data.ts'

const properties = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const

type Property = (typeof properties)[number]

interface UrlCase extends Partial<Record<Property, string>> {
  input: string
  base: string | null
  failure?: boolean
  relativeTo?: string
}

interface SetterCase {
  href: string
  new_value: string
  expected: Partial<Record<Property, string>>
}

interface HostCase {
  input: string
  output: string | null
}

describe('web platform tests', { skip: isDataAbsent }, () => {
  for (const file of ['urltestdata.json', 'urltestdata-javascript-only.json']) {
    it(`parses as ${file} says`, () => {
      for (const { input, base, failure, ...expected } of readCases<UrlCase>(file)) {
        const label = `${JSON.stringify(input)} against ${base}`
        const make = (): URL => (base === null ? new URL(input) : new URL(input, base))
        assert.equal(URL.canParse(input, base ?? undefined), !failure, label)
        if (failure) {
          assert.throws(make, { code: 'ERR_INVALID_URL' }, label)
          assert.equal(URL.parse(input, base ?? undefined), null)
          continue
        }
        const url = make()
        for (const name of properties) {
          if (expected[name] !== undefined) assert.equal(url[name], expected[name], `${label}: ${name}`)
        }
        assert.equal(new URL(url.href).href, url.href, `${label}: parsed again`)
      }
    })
  }

  it('sets properties as setters_tests.json says', () => {
    const all = readJson('setters_tests.json') as Record<string, SetterCase[]>
    for (const [name, cases] of Object.entries(all)) {
      if (name === 'comment') continue
      for (const { href, new_value: value, expected } of cases) {
        const url = new URL(href)
        url[name as Exclude<Property, 'origin'>] = value
        for (const [property, text] of Object.entries(expected)) {
          assert.equal(url[property as Property], text, `${href} ${name} = ${JSON.stringify(value)}: ${property}`)
        }
      }
    }
  })

  for (const file of ['toascii.json', 'IdnaTestV2.json', 'IdnaTestV2-removed.json']) {
    it(`makes hosts ASCII as ${file} says`, () => {
      for (const { input, output } of readCases<HostCase>(file)) {
        if (input === '') continue // Not a host: `https:///x` is `https://x`.
        const hostname = URL.parse(`https://${input}/x`)?.hostname ?? null
        assert.equal(hostname, output, JSON.stringify(input))
        const url = new URL('https://unset.test/')
        url.host = input
        assert.equal(url.hostname, output ?? 'unset.test', `host = ${JSON.stringify(input)}`)
      }
    })
  }

  it('percent-encodes queries and fragments in UTF-8 as percent-encoding.json says', () => {
    for (const { input, output } of readCases<{ input: string; output: { 'utf-8': string } }>(
      'percent-encoding.json',
    )) {
      const url = new URL(`https://x.test/?${input}#${input}`)
      assert.equal(url.search, `?${output['utf-8']}`)
      assert.equal(url.hash, `#${output['utf-8']}`)
    }
  })
})
