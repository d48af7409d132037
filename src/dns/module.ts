// The object that `require('dns')` gives: one, writable, as programs expect of Node's.

import { callbackFunctions, setServers } from './default-resolver.ts'
import * as errorCodes from './error-codes.ts'
import { ADDRCONFIG, ALL, lookup, V4MAPPED } from './lookup.ts'
import { lookupService } from './lookup-service.ts'
import { promisesModule } from './promises-module.ts'
import { Resolver } from './resolver.ts'
import { getDefaultResultOrder, setDefaultResultOrder } from './result-order.ts'

export const dns = {
  lookup,
  lookupService,
  Resolver,
  getDefaultResultOrder,
  setDefaultResultOrder,
  setServers,
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  ...errorCodes,
  ...callbackFunctions,
  promises: promisesModule,
}
