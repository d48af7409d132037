// Node's classes are functions: programs call `Server()` without `new`, and `Socket.call(this)` from old-style subclasses.

/** A class that may be called without `new`. */
export type CallableClass<C extends abstract new (...args: never[]) => object> = C &
  ((...args: ConstructorParameters<C>) => InstanceType<C>)

/**
 * @param Class - its `name` is one of `shells`
 * @param initialize - does the constructor's work on an existing object: for subclasses and for `call`
 * @returns the class under its own name, behaving as a function constructor does
 */
export function callableClass<C extends new (...args: never[]) => object>(
  Class: C,
  initialize: (self: InstanceType<C>, ...args: ConstructorParameters<C>) => void,
): CallableClass<C> {
  const makeShell = shells[Class.name]
  if (makeShell === undefined) throw new Error(`there is no function named ${Class.name} for a callable class`)
  const Callable = makeShell((self, target, args) => {
    // Not Reflect.construct with another new.target: V8 then makes a hidden class for each object (17 us instead of 0.1).
    if (target === Callable) return new Class(...(args as never[]))
    if (target || self instanceof Callable) {
      initialize(self as InstanceType<C>, ...(args as ConstructorParameters<C>))
      return self as object
    }
    return new Class(...(args as never[]))
  })
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

type Construct = (self: unknown, target: unknown, args: unknown[]) => object

/**
 * V8's stack traces name a constructor by its name in the source, and ignore its property `name`: for `Server.emit` to appear
 * in a trace, the source must contain a function named `Server`.
 */
const shells: Readonly<Record<string, (construct: Construct) => (...args: unknown[]) => object>> = {
  Agent: construct =>
    function Agent(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  ClientRequest: construct =>
    function ClientRequest(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  IncomingMessage: construct =>
    function IncomingMessage(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  OutgoingMessage: construct =>
    function OutgoingMessage(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  SecureContext: construct =>
    function SecureContext(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  Server: construct =>
    function Server(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  ServerResponse: construct =>
    function ServerResponse(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  Socket: construct =>
    function Socket(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
  TLSSocket: construct =>
    function TLSSocket(this: unknown, ...args) {
      return construct(this, new.target, args)
    },
}
