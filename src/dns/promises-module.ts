// The object `dns.promises`: one, writable, as programs expect of Node's.

import * as errorCodes from './error-codes.ts'
import { lookup, lookupService } from './lookup/lookup-promises.ts'
import { getDefaultResultOrder, setDefaultResultOrder } from './lookup/result-order.ts'
import { promiseFunctions, setServers } from './resolver/default-resolver.ts'
import { Resolver } from './resolver/promise-resolver.ts'

export const promisesModule = {
  lookup,
  lookupService,
  Resolver,
  getDefaultResultOrder,
  setDefaultResultOrder,
  setServers,
  ...errorCodes,
  ...promiseFunctions,
}
