// Node's classes are functions: `Server()` without `new`, and `Socket.call(this)` from an old-style subclass, are in use.

/** A class that may be called without `new`. */
export type CallableClass<C extends abstract new (...args: never[]) => object> = C &
  ((...args: ConstructorParameters<C>) => InstanceType<C>)

/**
 * @param initialize - what the constructor does, on an object that exists already: for subclasses and for `call`
 * @returns the class under its own name, which behaves as a function constructor does
 */
export function callableClass<C extends new (...args: never[]) => object>(
  Class: C,
  initialize: (self: InstanceType<C>, ...args: ConstructorParameters<C>) => void,
): CallableClass<C> {
  function Callable(this: unknown, ...args: ConstructorParameters<C>): object {
    // Not Reflect.construct with another new.target: that makes a hidden class for each object (17 us in place of 0.1).
    if (new.target === (Callable as unknown)) return new Class(...args)
    if (new.target || this instanceof Callable) {
      initialize(this as InstanceType<C>, ...args)
      return this as object
    }
    return new Class(...args)
  }
  Object.setPrototypeOf(Callable, Object.getPrototypeOf(Class))
  for (const key of Reflect.ownKeys(Class)) {
    if (key === 'prototype') continue
    const descriptor = Object.getOwnPropertyDescriptor(Class, key)
    if (descriptor) Object.defineProperty(Callable, key, descriptor)
  }
  Callable.prototype = Class.prototype
  Object.defineProperty(Class.prototype, 'constructor', {
    value: Callable,
    writable: true,
    configurable: true,
    enumerable: false,
  })
  return Callable as unknown as CallableClass<C>
}
