// The object `dns.promises`: one, writable, as programs expect of Node's.

import { promiseFunctions, setServers } from './default-resolver.ts'
import * as errorCodes from './error-codes.ts'
import { lookup, lookupService } from './lookup-promises.ts'
import { Resolver } from './promise-resolver.ts'
import { getDefaultResultOrder, setDefaultResultOrder } from './result-order.ts'

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
