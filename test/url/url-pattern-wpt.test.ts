// The web platform tests' data for URLPattern. What is expected where a case says nothing follows the data's own harness.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { URL, URLPattern } from '../../src/url/index.ts'
import { isDataAbsent, readCases } from './shared-data.ts'

const components = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
type Component = (typeof components)[number]
type Init = Partial<Record<Component | 'baseURL', string>>

interface ComponentResult {
  input: string
  groups: Record<string, string | null>
}

interface PatternCase {
  pattern: [input?: string | Init, baseOrOptions?: string, options?: object]
  inputs?: [input?: string | Init, base?: string]
  exactly_empty_components?: Component[]
  expected_obj?: 'error' | Partial<Record<Component, string>>
  expected_match?: 'error' | null | (Partial<Record<Component, ComponentResult>> & { inputs?: unknown[] })
}

/** A component is not inherited from a base once one of these is given. */
const earlier: Readonly<Record<Component, readonly Component[]>> = {
  protocol: [],
  username: [],
  password: [],
  hostname: ['protocol'],
  port: ['protocol', 'hostname'],
  pathname: ['protocol', 'hostname', 'port'],
  search: ['protocol', 'hostname', 'port', 'pathname'],
  hash: ['protocol', 'hostname', 'port', 'pathname', 'search'],
}

describe('web platform tests of URLPattern', { skip: isDataAbsent }, () => {
  for (const [index, one] of (isDataAbsent ? [] : readCases<PatternCase>('urlpatterntestdata.json')).entries()) {
    it(`${index}: ${JSON.stringify(one.pattern)} on ${JSON.stringify(one.inputs ?? null)}`, () => check(one))
  }
})

function check(one: PatternCase): void {
  const make = (): InstanceType<typeof URLPattern> => new URLPattern(...(one.pattern as []))
  if (one.expected_obj === 'error') {
    assert.throws(make, TypeError)
    return
  }
  const pattern = make()
  for (const name of components) {
    assert.equal(pattern[name], one.expected_obj?.[name] ?? expectedComponent(one, name), name)
  }
  if (one.inputs === undefined && one.expected_match === undefined) return
  const inputs = (one.inputs ?? []) as []
  if (one.expected_match === 'error') {
    assert.throws(() => pattern.test(...inputs), TypeError)
    assert.throws(() => pattern.exec(...inputs), TypeError)
    return
  }
  assert.equal(pattern.test(...inputs), Boolean(one.expected_match))
  const result = pattern.exec(...inputs)
  if (!one.expected_match) {
    assert.equal(result, null)
    return
  }
  assert.ok(result)
  assert.deepEqual(result.inputs, one.expected_match.inputs ?? inputs)
  for (const name of components) {
    const isEmpty = one.exactly_empty_components?.includes(name)
    const wanted: ComponentResult = one.expected_match[name] ?? { input: '', groups: isEmpty ? {} : { 0: '' } }
    const groups: Record<string, string | undefined> = {}
    for (const [group, text] of Object.entries(wanted.groups)) groups[group] = text ?? undefined
    assert.deepEqual(result[name], { input: wanted.input, groups }, name)
  }
}

function expectedComponent({ pattern, exactly_empty_components: empty }: PatternCase, name: Component): string {
  const [init, base] = pattern
  const given = typeof init === 'object' ? init : {}
  if (empty?.includes(name)) return ''
  if (given[name]) return given[name]
  if (earlier[name].some(other => other in given)) return '*'
  const baseText = given.baseURL ?? (typeof base === 'string' ? base : undefined)
  if (baseText === undefined || name === 'username' || name === 'password') return '*'
  const text = new URL(baseText)[name]
  if (name === 'protocol') return text.slice(0, -1)
  return name === 'search' || name === 'hash' ? text.slice(1) : text
}
