// `plainwire/dns/promises`: the types of `node:dns/promises`, and the cache of a Resolver, which Node has not.

/// <reference path="../node.d.ts" />

import * as node from 'node:dns/promises'
import type { ResolverOptions } from './resolver-options.cjs'

export * from 'node:dns/promises'

export class Resolver extends node.Resolver {
  constructor(options?: ResolverOptions)
}
