// What keys(), values() and entries() of URLSearchParams return. It looks at the list as it is when next() is called.
// Web IDL, "default iterator objects"; inspection is Node's.

import { type InspectOptions, inspect } from 'node:util'
import { invalidThis } from '../errors.ts'

/** What `util.inspect` hands to an object's own inspection. */
export type InspectContext = InspectOptions & { stylize(text: string, style: string): string }

export type IteratedParts = 'key' | 'value' | 'entry'

export class URLSearchParamsIterator<T> implements IterableIterator<T> {
  readonly #list: () => readonly string[]
  readonly #parts: IteratedParts
  #index = 0

  constructor(list: () => readonly string[], parts: IteratedParts) {
    this.#list = list
    this.#parts = parts
  }

  next(): IteratorResult<T, undefined> {
    if (typeof this !== 'object' || this === null || !(#list in this)) throw invalidThis('URLSearchParamsIterator')
    const list = this.#list()
    const index = this.#index
    if (index >= list.length) return { done: true, value: undefined }
    this.#index = index + 2
    return { done: false, value: this.#itemAt(list, index) }
  }

  #itemAt(list: readonly string[], index: number): T {
    if (this.#parts === 'key') return list[index] as T
    return (this.#parts === 'value' ? list[index + 1] : [list[index], list[index + 1]]) as T
  }

  [inspect.custom](depth: number | null | undefined, options: InspectContext): string {
    if (typeof this !== 'object' || this === null || !(#list in this)) throw invalidThis('URLSearchParamsIterator')
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special')
    const inner = { ...options }
    if (typeof depth === 'number') inner.depth = depth - 1
    const list = this.#list()
    const items: T[] = []
    for (let i = this.#index; i < list.length; i += 2) items.push(this.#itemAt(list, i))
    const texts = items.map(item => inspect(item, inner))
    const isBroken = inspect(items, inner).includes('\n')
    return `${this[Symbol.toStringTag]} {${isBroken ? `\n  ${texts.join(',\n  ')}` : ` ${texts.join(', ')}`} }`
  }

  declare [Symbol.iterator]: () => this
  /** From the runtime's iterator prototype, where it has one. */
  declare [Symbol.dispose]: () => void
  declare readonly [Symbol.toStringTag]: string
}

const IteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))

Reflect.deleteProperty(URLSearchParamsIterator.prototype, 'constructor')
Object.setPrototypeOf(URLSearchParamsIterator.prototype, IteratorPrototype)
Object.defineProperties(URLSearchParamsIterator.prototype, {
  [Symbol.toStringTag]: { configurable: true, value: 'URLSearchParams Iterator' },
  next: { enumerable: true },
})
