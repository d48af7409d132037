// The options of both Resolver classes.

/// <reference path="../node.d.ts" />

import type * as node from 'node:dns'

export interface ResolverCacheOptions {
  /** How many answers are kept. */
  maxEntries?: number | undefined
  /** Seconds that an answer is kept at most, whatever its own time to live. */
  maxTtl?: number | undefined
  /** The same for the answer that there is no such name or record. */
  maxNegativeTtl?: number | undefined
}

export interface ResolverOptions extends node.ResolverOptions {
  /** Keeps answers as long as they hold. Not in Node. Default false. */
  cache?: boolean | ResolverCacheOptions | undefined
}
