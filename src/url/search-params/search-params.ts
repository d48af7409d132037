// URLSearchParams: a list of pairs, alone or linked to a URL that hears of every change.
// URL standard, section 6.2 "URLSearchParams class"; messages and inspection are Node's.

import { URLSearchParams as RuntimeURLSearchParams } from 'node:url'
import { inspect, stripVTControlCharacters } from 'node:util'
import { missingArgs } from '../../core/errors.ts'
import { validateFunction } from '../../core/validate.ts'
import { invalidThis, invalidTuple, notIterable } from '../errors.ts'
import { toUSVString } from '../usv-string.ts'
import { formatForm, isCanonicalForm, parseForm } from './form-urlencoded.ts'
import { type InspectContext, type IteratedParts, URLSearchParamsIterator } from './search-params-iterator.ts'
import { sortPairs } from './sort-pairs.ts'

type SearchParamsInit =
  | string
  | Iterable<Iterable<string>>
  | Readonly<Record<string, string | readonly string[]>>
  | URLSearchParams
  | null

// Set in the class, which alone can reach its fields; the URL class and the iterator use them.
/** Makes `onChange` hear of each change that is not made through `replaceList`. */
export let linkParams: (params: URLSearchParams, onChange: () => void) => void
/** Takes the pairs of a query instead of those it has. */
export let replaceList: (params: URLSearchParams, query: string) => void
let listOf: (params: URLSearchParams) => readonly string[]
let isParams: (value: unknown) => value is URLSearchParams

/** In older Nodes (20, 22) null is no pairs, though Web IDL has `null=`; programs pass what may be null. */
const isNullEmpty = new RuntimeURLSearchParams(null as never).toString() === ''

export class URLSearchParams {
  /** Name, value, name, value; undefined until someone looks: then it is the pairs of `#query`. */
  #list: string[] | undefined = undefined
  #query = ''
  /** Set when the list belongs to a URL. */
  #onChange: (() => void) | undefined = undefined

  static {
    linkParams = (params, onChange) => {
      params.#onChange = onChange
    }
    replaceList = (params, query) => {
      params.#list = undefined
      params.#query = query
    }
    listOf = params => params.#pairs
    isParams = (value): value is URLSearchParams => typeof value === 'object' && value !== null && #list in value
  }

  constructor(init: SearchParamsInit | undefined = undefined) {
    if (init === undefined) return
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      if (init === null && isNullEmpty) return
      const text = toUSVString(init)
      this.#query = text.charCodeAt(0) === QUESTION_MARK ? text.slice(1) : text
      return
    }
    const method: unknown = (init as Partial<Iterable<unknown>>)[Symbol.iterator]
    if (method === this[Symbol.iterator] && isParams(init)) this.#list = init.#pairs.slice()
    else if (method === undefined || method === null) this.#list = listOfRecord(init as Record<string, unknown>)
    else if (typeof method !== 'function') throw notIterable('Query pairs')
    else this.#list = listOfPairs(init as Iterable<unknown>)
  }

  get #pairs(): string[] {
    this.#list ??= parseForm(this.#query)
    return this.#list
  }

  get size(): number {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    return this.#pairs.length / 2
  }

  append(name: string, value: string): void {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 2) throw missingArgs('name', 'value')
    this.#pairs.push(toUSVString(name), toUSVString(value))
    this.#onChange?.()
  }

  delete(name: string, value: string | undefined = undefined): void {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 1) throw missingArgs('name')
    const wantedName = toUSVString(name)
    const wantedValue = value === undefined ? undefined : toUSVString(value)
    const list = this.#pairs
    let kept = 0
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === wantedName && (wantedValue === undefined || list[i + 1] === wantedValue)) continue
      list[kept++] = list[i] as string
      list[kept++] = list[i + 1] as string
    }
    list.length = kept
    this.#onChange?.()
  }

  get(name: string): string | null {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 1) throw missingArgs('name')
    const at = indexOfName(this.#pairs, toUSVString(name))
    return at < 0 ? null : (this.#pairs[at + 1] as string)
  }

  getAll(name: string): string[] {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 1) throw missingArgs('name')
    const wanted = toUSVString(name)
    const values: string[] = []
    for (let i = 0; i < this.#pairs.length; i += 2) {
      if (this.#pairs[i] === wanted) values.push(this.#pairs[i + 1] as string)
    }
    return values
  }

  has(name: string, value: string | undefined = undefined): boolean {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 1) throw missingArgs('name')
    const wantedName = toUSVString(name)
    if (value === undefined) return indexOfName(this.#pairs, wantedName) >= 0
    const wantedValue = toUSVString(value)
    for (let i = 0; i < this.#pairs.length; i += 2) {
      if (this.#pairs[i] === wantedName && this.#pairs[i + 1] === wantedValue) return true
    }
    return false
  }

  /** Afterwards one pair has this name, in the place of the first that had it. */
  set(name: string, value: string): void {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (arguments.length < 2) throw missingArgs('name', 'value')
    const list = this.#pairs
    const wanted = toUSVString(name)
    const text = toUSVString(value)
    const first = indexOfName(list, wanted)
    if (first < 0) list.push(wanted, text)
    else {
      list[first + 1] = text
      let kept = first + 2
      for (let i = kept; i < list.length; i += 2) {
        if (list[i] === wanted) continue
        list[kept++] = list[i] as string
        list[kept++] = list[i + 1] as string
      }
      list.length = kept
    }
    this.#onChange?.()
  }

  /** By the code units of the names; pairs of one name keep their order. */
  sort(): void {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    sortPairs(this.#pairs)
    this.#onChange?.()
  }

  entries(): URLSearchParamsIterator<[string, string]> {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    return makeIterator<[string, string]>(this, 'entry')
  }

  forEach(
    callback: (value: string, name: string, searchParams: URLSearchParams) => void,
    thisArg: unknown = undefined,
  ): void {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    validateFunction(callback, 'callback')
    // The list anew each time: the callback may assign the URL's search.
    for (let i = 0; i < this.#pairs.length; i += 2) {
      callback.call(thisArg, this.#pairs[i + 1] as string, this.#pairs[i] as string, this)
    }
  }

  keys(): URLSearchParamsIterator<string> {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    return makeIterator<string>(this, 'key')
  }

  values(): URLSearchParamsIterator<string> {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    return makeIterator<string>(this, 'value')
  }

  toString(): string {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (this.#list === undefined && isCanonicalForm(this.#query)) return this.#query
    return formatForm(this.#pairs)
  }

  [inspect.custom](depth: number | null | undefined, options: InspectContext): string {
    if (!isParams(this)) throw invalidThis('URLSearchParams')
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special')
    const inner = { ...options }
    if (typeof depth === 'number') inner.depth = depth - 1
    const pairs: string[] = []
    for (let i = 0; i < this.#pairs.length; i += 2) {
      pairs.push(`${inspect(this.#pairs[i], inner)} => ${inspect(this.#pairs[i + 1], inner)}`)
    }
    const { name } = this.constructor
    if (pairs.length === 0) return `${name} {}`
    const isLong = stripVTControlCharacters(pairs.join(', ')).length > (options.breakLength ?? 80)
    return isLong ? `${name} {\n  ${pairs.join(',\n  ')} }` : `${name} { ${pairs.join(', ')} }`
  }

  declare [Symbol.iterator]: () => URLSearchParamsIterator<[string, string]>
  declare readonly [Symbol.toStringTag]: string
}

for (const name of [
  'append',
  'delete',
  'get',
  'getAll',
  'has',
  'set',
  'size',
  'sort',
  'entries',
  'forEach',
  'keys',
  'values',
  'toString',
]) {
  Object.defineProperty(URLSearchParams.prototype, name, { enumerable: true })
}
Object.defineProperties(URLSearchParams.prototype, {
  [Symbol.toStringTag]: { configurable: true, value: 'URLSearchParams' },
  [Symbol.iterator]: { configurable: true, writable: true, value: URLSearchParams.prototype.entries },
})

function makeIterator<T>(params: URLSearchParams, parts: IteratedParts): URLSearchParamsIterator<T> {
  return new URLSearchParamsIterator<T>(() => listOf(params), parts)
}

function indexOfName(list: readonly string[], name: string): number {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) return i
  }
  return -1
}

/** `sequence<sequence<USVString>>`; each pair is converted as it comes, as in Node. */
function listOfPairs(pairs: Iterable<unknown>): string[] {
  const list: string[] = []
  for (const pair of pairs) {
    const isObject = (typeof pair === 'object' && pair !== null) || typeof pair === 'function'
    if (!isObject || typeof (pair as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') throw invalidTuple()
    const parts = Array.isArray(pair) ? pair : Array.from(pair as Iterable<unknown>)
    if (parts.length !== 2) throw invalidTuple()
    list.push(toUSVString(parts[0]), toUSVString(parts[1]))
  }
  return list
}

/** `record<USVString, USVString>`: own enumerable keys; of two that become the same text the later value stays. */
function listOfRecord(record: Record<string, unknown>): string[] {
  const values = new Map<string, string>()
  for (const key of Reflect.ownKeys(record)) {
    if (!Reflect.getOwnPropertyDescriptor(record, key)?.enumerable) continue
    values.set(toUSVString(key), toUSVString(record[key as string]))
  }
  return Array.from(values).flat()
}

const QUESTION_MARK = 0x3f
