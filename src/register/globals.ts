// The global classes that Node's `url` exports too. In Node a global and its export are the same class, and so they are under the
// redirection: ours replace the runtime's. For code that captured the runtime's class earlier (the runtime itself, a file
// preloaded before ours), instances of ours pass `instanceof` as well, and the other way round.

import runtime from 'node:url'

const names = ['URL', 'URLSearchParams', 'URLPattern'] as const

type Name = (typeof names)[number]
type Class = abstract new (...args: never[]) => object
type Classes = Readonly<Record<Name, Class>>

let adopted: Classes | undefined
let isLoading = false

/**
 * The classes are loaded when a program first reads one of the globals: loading them takes as long as all the rest of the
 * redirection, and many programs do not need them.
 * @param load - loads our `url`, and passes its classes to `adoptGlobals` before it returns
 */
export function redirectGlobals(load: () => void): void {
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get() {
        // Called even after adoption where a program has kept this accessor and restores it, as mocks do.
        if (adopted === undefined && !isLoading) loadOnce(load)
        return (adopted ?? (runtime as Partial<Classes>))[name]
      },
      set(value: unknown) {
        define(name, value)
      },
    })
  }
}

/** While ours are being loaded the globals are the runtime's: loader hooks run for the files of ours, and use these globals. */
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

/** Makes the instances of each class instances of both. */
function relate(Ours: Class, Runtime: Class | undefined): void {
  // Node 20 has no URLPattern.
  if (Runtime === undefined) return
  // By the prototype chain, not `Symbol.hasInstance` alone: the runtime's fetch recognizes URLSearchParams by `isPrototypeOf`.
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
