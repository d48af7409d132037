// The global classes that Node's `url` exports too. There they are one and the same, and so they are under the redirection:
// ours take the places of the runtime's. What captured the runtime's class earlier (the runtime itself, a file preloaded
// before ours) still meets instances of ours that pass `instanceof`, and the other way round.

import runtime from 'node:url'

const names = ['URL', 'URLSearchParams', 'URLPattern'] as const

type Name = (typeof names)[number]
type Class = abstract new (...args: never[]) => object
type Classes = Readonly<Record<Name, Class>>

let adopted: Classes | undefined
let isLoading = false

/**
 * The classes are loaded when a program first looks at one of the globals: loading them takes as long as all the rest
 * of the redirection, and many programs have no need of them.
 * @param load - loads our `url`, and has the classes of it adopted by `adoptGlobals` before it returns
 */
export function redirectGlobals(load: () => void): void {
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get() {
        // Asked again even later where a program kept this accessor and restores it, as mocks do.
        if (adopted === undefined && !isLoading) loadOnce(load)
        return (adopted ?? (runtime as Partial<Classes>))[name]
      },
      set(value: unknown) {
        define(name, value)
      },
    })
  }
}

/** Meanwhile the globals are the runtime's: hooks of the loader look at them, and are asked for the files of ours. */
function loadOnce(load: () => void): void {
  isLoading = true
  try {
    load()
  } finally {
    isLoading = false
  }
}

/** Puts the classes in place of the accessors above; a global that the program has replaced or removed stays so. */
export function adoptGlobals(classes: Classes): void {
  adopted = classes
  for (const name of names) {
    relate(classes[name], (runtime as Partial<Classes>)[name])
    if (Object.getOwnPropertyDescriptor(globalThis, name)?.get !== undefined) define(name, classes[name])
  }
}

function define(name: Name, value: unknown): void {
  Object.defineProperty(globalThis, name, { configurable: true, enumerable: false, writable: true, value })
}

/** Instances of either are instances of both. */
function relate(Ours: Class, Runtime: Class | undefined): void {
  // Node 20 has no URLPattern.
  if (Runtime === undefined) return
  // The chain of prototypes, not `Symbol.hasInstance`: the runtime's fetch looks for URLSearchParams by `isPrototypeOf`.
  Object.setPrototypeOf(Ours.prototype, Runtime.prototype)
  const ordinary = Function.prototype[Symbol.hasInstance]
  Object.defineProperty(Ours, Symbol.hasInstance, {
    configurable: true,
    writable: true,
    value(this: unknown, value: unknown): boolean {
      return ordinary.call(this === Ours ? Runtime : (this as Class), value)
    },
  })
}
