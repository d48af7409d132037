// The object that `require('dns')` gives: one, writable, as programs expect of Node's.

import { ADDRCONFIG, ALL, V4MAPPED } from '../core/address-family.ts'
import * as errorCodes from './error-codes.ts'
import { lookup } from './lookup/lookup.ts'
import { lookupService } from './lookup/lookup-service.ts'
import { getDefaultResultOrder, setDefaultResultOrder } from './lookup/result-order.ts'
import { promisesModule } from './promises-module.ts'
import { callbackFunctions, setServers } from './resolver/default-resolver.ts'
import { Resolver } from './resolver/resolver.ts'

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
