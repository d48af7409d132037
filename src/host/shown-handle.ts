// What Node's handles have in common, for the objects that net, tls and dgram show as `_handle`. Programs ask them for the descriptor
// and the id, close them, and put functions of their own on them.

import { AsyncResource } from 'node:async_hooks'
import type { RuntimeHandle } from './types.ts'

/** What all handles have, whatever they stand for. */
export abstract class Handle {
  #resource: AsyncResource | undefined
  #isReferenced = true

  /** Closes what is beneath. @param callback - once that has closed */
  abstract close(callback?: () => void): void
  /** What is beneath, as far as it can be referenced; undefined once that is gone. */
  protected abstract get beneath(): { ref(): void; unref(): void } | undefined
  protected abstract get runtimeHandle(): RuntimeHandle | undefined

  /** -1 where the host has no descriptors, and while there is none. */
  get fd(): number {
    return this.runtimeHandle?.fd ?? -1
  }

  getAsyncId(): number {
    const id = this.runtimeHandle?.getAsyncId?.()
    if (id !== undefined) return id
    this.#resource ??= new AsyncResource(this.getProviderType(), { requireManualDestroy: true })
    return this.#resource.asyncId()
  }

  /** Node's begins a new async id, as a pooled socket's next request does. Ours follow their requests by themselves. */
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

/** A function that the program has put on the handle, in place of ours; bound to it. */
export function ownMethod(handle: object | undefined, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (handle === undefined) return undefined
  // One that is no handle of ours has nothing but its own.
  if (handle instanceof Handle && !Object.hasOwn(handle, name)) return undefined
  const method: unknown = Reflect.get(handle, name)
  return typeof method === 'function' ? (...args) => method.apply(handle, args) : undefined
}
