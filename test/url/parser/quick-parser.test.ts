// The short way against the states of the standard: for any input it gives the same record or leaves the decision.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { quickParse, quickResolve } from '../../../src/url/parser/quick-parser.ts'
import { parseByStates } from '../../../src/url/parser/url-parser.ts'
import { makeUrlText, randomFrom } from '../../fuzz/url-inputs.ts'

const runs = Number(process.env['PLAINWIRE_FUZZ_RUNS'] ?? 3000)

const urlText = fc.integer({ min: 0, max: 0x7fffffff }).map(seed => makeUrlText(randomFrom(seed)))
const anyText = fc.oneof(urlText, fc.string(), fc.string({ unit: 'binary' }), fc.webUrl())

/** What all the quick scanners pass, so that the property meets canonical inputs often. */
const plainUrl = fc
  .tuple(
    fc.constantFrom('http', 'https', 'ws', 'wss', 'ftp', 'file', 'mailto', 'a'),
    fc.constantFrom('://', ':/', ':', ':///'),
    fc.constantFrom('', 'u@', 'u:p@', ':p@', 'u:@', 'u:p:q@'),
    fc.constantFrom(
      'example.com',
      'a-b.c',
      'xn--exmple-cua.de',
      '1.2.3.4',
      '01.2.3.4',
      '1.2',
      '[::1]',
      'A.b',
      'é.x',
      '',
    ),
    fc.constantFrom('', ':', ':80', ':443', ':08', ':8080', ':65536', ':8x'),
    fc.constantFrom('', '/', '/a/b', '/a/../b', '/.a', '/%2e/b', '/a b', '//', '/C|/x', '/é', '\\x'),
    fc.constantFrom('', '?', '?a=b', "?a'b", '?é', '?a\tb'),
    fc.constantFrom('', '#', '#x', '# x', '#é'),
  )
  .map(parts => parts.join(''))

describe('the short way', () => {
  it('parses absolute URLs as the states do', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, plainUrl), input => {
        const quick = quickParse(input)
        if (quick !== undefined) assert.deepEqual(quick, parseByStates(input, null))
      }),
      { numRuns: runs },
    )
  })

  it('resolves references as the states do', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, plainUrl), fc.oneof(urlText, plainUrl), (input, baseText) => {
        const base = parseByStates(baseText, null)
        if (base === undefined) return
        // As parseUrl calls them: a reference with a scheme never comes to the second.
        const quick = quickParse(input) ?? quickResolve(input, base)
        if (quick !== undefined) assert.deepEqual(quick, parseByStates(input, base))
      }),
      { numRuns: runs },
    )
  })

  it('takes the URLs that it is there for', () => {
    const base = parseByStates('https://example.com/a/b?c#d', null)
    assert.ok(base)
    for (const input of [
      'https://u:p@example.com:8080/a?b#c',
      'http://1.2.3.4',
      'file:///a/b',
      'node:fs',
      'http://é',
    ]) {
      assert.ok(quickParse(input), input)
    }
    for (const input of ['/x', 'x/y', '../x', '?x', '#x', '//x']) assert.ok(quickResolve(input, base), input)
  })
})
