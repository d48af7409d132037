// What `require('dns/promises')` gives: the functions of the default resolver, with promises.

import { promiseFunctions } from './default-resolver.ts'
import { promisesModule } from './promises-module.ts'

export { setServers } from './default-resolver.ts'
export * from './error-codes.ts'
export { lookup, lookupService } from './lookup-promises.ts'
export { Resolver } from './promise-resolver.ts'
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
} = promiseFunctions
export default promisesModule
