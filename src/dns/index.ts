export { ADDRCONFIG, ALL, V4MAPPED } from '../core/address-family.ts'

import type * as Node from 'node:dns'
import { lookup as lookupFunction } from './lookup/lookup.ts'
import { lookupService as lookupServiceFunction } from './lookup/lookup-service.ts'
import { callbackFunctions } from './resolver/default-resolver.ts'

/** How Node's declarations say what `util.promisify` gives: a type alone. */
type Promisified<F> = F extends { __promisify__: infer P } ? { __promisify__: P } : unknown

export const lookup = lookupFunction as typeof lookupFunction & Promisified<typeof Node.lookup>
export const lookupService = lookupServiceFunction as typeof lookupServiceFunction &
  Promisified<typeof Node.lookupService>

export * from './error-codes.ts'
export { getDefaultResultOrder, setDefaultResultOrder } from './lookup/result-order.ts'
export { dns as default } from './module.ts'
export { promisesModule as promises } from './promises-module.ts'
export { setServers } from './resolver/default-resolver.ts'
export { Resolver } from './resolver/resolver.ts'
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
