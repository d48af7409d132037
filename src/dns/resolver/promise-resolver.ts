// dns.promises.Resolver: questions with promises.

import type { promises } from 'node:dns'
import { invalidArgValue } from '../../core/errors.ts'
import { validateString } from '../../core/validate.ts'
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

type ResolverClass = new (options?: ResolverOptions) => promises.Resolver & ResolverBase

class PromiseResolver extends ResolverBase {}
Object.defineProperty(PromiseResolver, 'name', { value: 'Resolver' })

export const Resolver = PromiseResolver as unknown as ResolverClass

type QueryFunction = (this: ResolverBase, name: unknown, options?: { ttl?: unknown }) => Promise<unknown>

function queryFunction(kind: QueryKind): QueryFunction {
  function query(this: ResolverBase, name: unknown, options?: { ttl?: unknown }): Promise<unknown> {
    validateString(name, 'name')
    return new Promise((resolve, reject) => {
      checkReverse(kind, name)
      ask(this, kind, name, Boolean(options?.ttl), (error, result) => {
        if (error) reject(error)
        else resolve(result)
      })
    })
  }
  return Object.defineProperty(query, 'name', { value: kind.syscall })
}

function resolve(this: ResolverBase, hostname: unknown, rrtype?: unknown): Promise<unknown> {
  if (rrtype === undefined) return byMethod('resolve4').call(this, hostname)
  validateString(rrtype, 'rrtype')
  const method = methodOf(rrtype)
  if (method === undefined) throw invalidArgValue('rrtype', rrtype)
  return byMethod(method).call(this, hostname)
}

const functions = new Map(queryMethods.map(method => [method as string, queryFunction(queryKinds[method])]))

function byMethod(method: string): QueryFunction {
  return functions.get(method) as QueryFunction
}

Object.assign(PromiseResolver.prototype, Object.fromEntries(functions), { resolve })
