// The shape of a module as a list of facts: exports, static and prototype members (inherited ones where they are the
// module's own), constants. Each fact of the runtime's module is looked for in ours.

import type { Reading } from './meter.ts'

type Module = Readonly<Record<string, unknown>>

/** A member as far as others can tell: method and its length, accessor, or value. */
type Fact = { readonly kind: string; readonly length?: number; readonly value?: unknown }

/** Of the namespace object, not of the module. */
const notExports = new Set(['default', 'module.exports'])

export function readShape(ours: Module, theirs: Module, exceptions: Readonly<Record<string, string>>): Reading {
  const facts = factsOf(theirs)
  const own = factsOf(ours, true)
  const missing: string[] = []
  let excepted = 0
  for (const [name, fact] of facts) {
    // A class that is an exception takes its members with it.
    if (name in exceptions || name.replace(/[#.].*/, '') in exceptions) {
      excepted++
      continue
    }
    const problem = compare(fact, own.get(name))
    if (problem !== undefined) missing.push(`${name}: ${problem}`)
  }
  return { of: facts.size, excepted, missing }
}

/** @param withInherited - where a class inherits what the other one defines anew, programs see no difference */
export function factsOf(module: Module, withInherited = false): Map<string, Fact> {
  const facts = new Map<string, Fact>()
  for (const [name, value] of Object.entries(module)) {
    if (notExports.has(name)) continue
    facts.set(name, factOf({ value }))
    if (typeof value === 'function' && isClass(name)) {
      for (const object of chainOf(value, withInherited)) {
        addMembers(facts, object, key => `${name}.${key}`, ['length', 'name', 'prototype', 'arguments', 'caller'])
      }
      for (const object of chainOf((value as { prototype: object }).prototype, withInherited)) {
        addMembers(facts, object, key => `${name}#${key}`, ['constructor'])
      }
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, constant] of Object.entries(value)) facts.set(`${name}.${key}`, factOf({ value: constant }))
    }
  }
  return facts
}

/** The object, and what it inherits from: nearest last, so that its members count. */
function chainOf(object: object, withInherited: boolean): object[] {
  const parent = withInherited ? Object.getPrototypeOf(object) : null
  const isRoot = parent === null || parent === Object.prototype || parent === Function.prototype
  return isRoot ? [object] : [...chainOf(parent, true), object]
}

function addMembers(facts: Map<string, Fact>, object: object, label: (key: string) => string, without: string[]): void {
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'string' && without.includes(key)) continue
    // Symbols that the runtime keeps to itself have no name by which others could use them.
    if (typeof key === 'symbol' && !isPublic(key)) continue
    const name = typeof key === 'symbol' ? `[${key.description}]` : key
    facts.set(label(name), factOf(Object.getOwnPropertyDescriptor(object, key) ?? {}, /^[^_[]/.test(name)))
  }
}

function isPublic(symbol: symbol): boolean {
  return Symbol.keyFor(symbol) !== undefined || (symbol.description ?? '').startsWith('Symbol.')
}

function isClass(name: string): boolean {
  return /^[A-Z]/.test(name)
}

function factOf({ value, get, set }: PropertyDescriptor, isPlain = true): Fact {
  if (get !== undefined || set !== undefined) return { kind: `accessor${get ? ' get' : ''}${set ? ' set' : ''}` }
  // Underscored functions have the length of whatever wraps them; and 0 says of the runtime's that they look for themselves.
  if (typeof value === 'function') return { kind: 'function', length: isPlain ? value.length : 0 }
  if (typeof value === 'number' || typeof value === 'string') return { kind: typeof value, value }
  return { kind: typeof value }
}

function compare(theirs: Fact, ours: Fact | undefined): string | undefined {
  if (ours === undefined) return 'missing'
  if (ours.kind !== theirs.kind) return `${ours.kind} in place of ${theirs.kind}`
  if (theirs.length && ours.length !== theirs.length)
    return `takes ${ours.length} arguments in place of ${theirs.length}`
  if (ours.value !== theirs.value) return `is ${String(ours.value)} in place of ${String(theirs.value)}`
  return undefined
}
