import type * as Node from 'node:dns'
import { callbackFunctions } from './default-resolver.ts'
import { lookup as lookupFunction } from './lookup.ts'
import { lookupService as lookupServiceFunction } from './lookup-service.ts'

/** How Node's declarations say what `util.promisify` gives: a type alone. */
type Promisified<F> = F extends { __promisify__: infer P } ? { __promisify__: P } : unknown

export const lookup = lookupFunction as typeof lookupFunction & Promisified<typeof Node.lookup>
export const lookupService = lookupServiceFunction as typeof lookupServiceFunction &
  Promisified<typeof Node.lookupService>

export { setServers } from './default-resolver.ts'
export * from './error-codes.ts'
export { ADDRCONFIG, ALL, V4MAPPED } from './lookup.ts'
export { dns as default } from './module.ts'
export { promisesModule as promises } from './promises-module.ts'
export { Resolver } from './resolver.ts'
export { getDefaultResultOrder, setDefaultResultOrder } from './result-order.ts'
export const {
  getServers,
  resolve,
  resolve4,
  resolve6,
  resolveAny,
  resolveCaa,
  resolveCname,
  resolveMx,
  resolveNaptr,
  resolveNs,
  resolvePtr,
  resolveSoa,
  resolveSrv,
  resolveTlsa,
  resolveTxt,
  reverse,
} = callbackFunctions
