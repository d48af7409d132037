// The base class of the objects that net, tls and dgram show as `_handle`. Programs read the descriptor and the async id from them,
// close them, and replace their methods.

import { AsyncResource } from 'node:async_hooks'
import type { RuntimeHandle } from './types.ts'

/** The members common to all of Node's handles. */
export abstract class Handle {
  #resource: AsyncResource | undefined
  #isReferenced = true

  /** Closes the underlying connection or port. @param callback - called once that has closed */
  abstract close(callback?: () => void): void
  /** The underlying object that keeps the process alive; undefined once it is closed. */
  protected abstract get beneath(): { ref(): void; unref(): void } | undefined
  protected abstract get runtimeHandle(): RuntimeHandle | undefined

  /** -1 on hosts without descriptors, and while there is none. */
  get fd(): number {
    return this.runtimeHandle?.fd ?? -1
  }

  getAsyncId(): number {
    const id = this.runtimeHandle?.getAsyncId?.()
    if (id !== undefined) return id
    this.#resource ??= new AsyncResource(this.getProviderType(), { requireManualDestroy: true })
    return this.#resource.asyncId()
  }

  /** In Node it starts a new async id, for a pooled socket's next request. Here the async context follows the request anyway. */
  asyncReset(): void {}

  getProviderType(): string {
    return `${this.constructor.name.toUpperCase()}WRAP`
  }

  ref(): void {
    this.#isReferenced = true
    this.beneath?.ref()
  }

  unref(): void {
    this.#isReferenced = false
    this.beneath?.unref()
  }

  hasRef(): boolean {
    if (this.beneath === undefined) return false
    return this.runtimeHandle?.hasRef?.() ?? this.#isReferenced
  }
}

/** The function that the program has put on the handle in place of our method, bound to the handle; undefined if there is none. */
export function ownMethod(handle: object | undefined, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (handle === undefined) return undefined
  // On a handle of another class, every method counts as the program's own.
  if (handle instanceof Handle && !Object.hasOwn(handle, name)) return undefined
  const method: unknown = Reflect.get(handle, name)
  return typeof method === 'function' ? (...args) => method.apply(handle, args) : undefined
}
