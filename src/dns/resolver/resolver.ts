// dns.Resolver: questions with callbacks.

import type { Resolver as NodeResolver } from 'node:dns'
import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { validateFunction, validateString } from '../../core/validate.ts'
import {
  ask,
  checkReverse,
  methodOf,
  type QueryKind,
  queryKinds,
  queryMethods,
  ResolverBase,
  type ResolverOptions,
} from './resolver-base.ts'

type ResolverClass = new (options?: ResolverOptions) => NodeResolver & ResolverBase

class CallbackResolver extends ResolverBase {}
Object.defineProperty(CallbackResolver, 'name', { value: 'Resolver' })

// The methods are made from one table, as properties that can be enumerated: so they are in Node.
export const Resolver = CallbackResolver as unknown as ResolverClass

type QueryFunction = (this: ResolverBase, name: unknown, ...rest: unknown[]) => object

function queryFunction(kind: QueryKind): QueryFunction {
  // The callback is the second argument, or the third behind options.
  function query(this: ResolverBase, name: unknown, callback: unknown, ...rest: unknown[]): object {
    const options = rest.length > 0 ? (callback as { ttl?: unknown } | null | undefined) : undefined
    const done = rest.length > 0 ? rest[0] : callback
    validateString(name, 'name')
    validateFunction(done, 'callback')
    checkReverse(kind, name)
    ask(this, kind, name, Boolean(options?.ttl), (error, result) => {
      if (error) done(error)
      else done(null, result)
    })
    return {}
  }
  return Object.defineProperty(query, 'name', { value: kind.syscall })
}

function resolve(this: Record<string, QueryFunction>, hostname: unknown, rrtype: unknown, callback?: unknown): object {
  if (typeof rrtype === 'function') return byMethod('resolve4').call(this as never, hostname, rrtype)
  if (typeof rrtype !== 'string') throw invalidArgType('rrtype', 'string', rrtype)
  const method = methodOf(rrtype)
  if (method === undefined) throw invalidArgValue('rrtype', rrtype)
  return byMethod(method).call(this as never, hostname, callback)
}

const functions = new Map(queryMethods.map(method => [method as string, queryFunction(queryKinds[method])]))

function byMethod(method: string): QueryFunction {
  return functions.get(method) as QueryFunction
}

Object.assign(CallbackResolver.prototype, Object.fromEntries(functions), { resolve })
