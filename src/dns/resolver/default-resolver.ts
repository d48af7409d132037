// The resolver behind the module's own functions: one for each host, with that host's name servers.

import { currentHost } from '../../host/current.ts'
import type { Host } from '../../host/types.ts'
import { Resolver as PromiseResolver } from './promise-resolver.ts'
import { Resolver } from './resolver.ts'
import { queryMethods, ResolverBase } from './resolver-base.ts'

const resolvers = new WeakMap<Host, ResolverBase>()

function defaultResolver(): ResolverBase {
  const host = currentHost()
  let resolver = resolvers.get(host)
  if (resolver === undefined) {
    resolver = new ResolverBase()
    resolvers.set(host, resolver)
  }
  return resolver
}

/** A new resolver takes over; what is under way stays with the one before. */
export function setServers(servers: readonly string[]): void {
  const resolver = new ResolverBase()
  resolver.setServers(servers)
  resolvers.set(currentHost(), resolver)
}

type AnyFunction = (...args: unknown[]) => unknown

/** The methods of a Resolver class as functions: what Node binds to its default resolver. */
function boundMethods<C extends new () => object>(Class: C): Pick<InstanceType<C>, BoundName & keyof InstanceType<C>> {
  const methods = Class.prototype as Record<string, AnyFunction>
  const bound = boundNames.map(name => {
    const method = methods[name] as AnyFunction
    const call = (...args: unknown[]) => method.apply(defaultResolver(), args)
    Object.defineProperty(call, 'name', { value: `bound ${method.name}` })
    Object.defineProperty(call, 'length', { value: method.length })
    return [name, call]
  })
  return Object.fromEntries(bound)
}

type BoundName = (typeof boundNames)[number]
const boundNames = ['getServers', 'resolve', ...queryMethods] as const

export const callbackFunctions = boundMethods(Resolver)
export const promiseFunctions = boundMethods(PromiseResolver)
