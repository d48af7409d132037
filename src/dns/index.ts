import { callbackFunctions } from './default-resolver.ts'

export { setServers } from './default-resolver.ts'
export * from './error-codes.ts'
export { ADDRCONFIG, ALL, lookup, V4MAPPED } from './lookup.ts'
export { lookupService } from './lookup-service.ts'
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
