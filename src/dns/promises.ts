// What `require('dns/promises')` gives: the functions of the default resolver, with promises.

import { promisesModule } from './promises-module.ts'
import { promiseFunctions } from './resolver/default-resolver.ts'

export * from './error-codes.ts'
export { lookup, lookupService } from './lookup/lookup-promises.ts'
export { getDefaultResultOrder, setDefaultResultOrder } from './lookup/result-order.ts'
export { setServers } from './resolver/default-resolver.ts'
export { Resolver } from './resolver/promise-resolver.ts'
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
} = promiseFunctions
export default promisesModule
