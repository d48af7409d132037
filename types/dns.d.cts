// `plainwire/dns`: the types of `node:dns`, and the cache of a Resolver, which Node has not.

/// <reference path="./node.d.ts" />

import * as node from 'node:dns'
import { type ResolverCacheOptions, type ResolverOptions } from './dns/resolver-options.cjs'

import promises = require('./dns/promises.cjs')

export * from 'node:dns'
export type { ResolverCacheOptions, ResolverOptions }
export { promises }

export class Resolver extends node.Resolver {
  constructor(options?: ResolverOptions)
}
