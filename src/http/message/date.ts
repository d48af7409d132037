// The value of the Date field, formatted once a second by the host's clock: RFC 9110 section 6.6.1.

import type { Clock } from '../../host/types.ts'

interface CachedDate {
  text: string | undefined
}

const caches = new WeakMap<Clock, CachedDate>()
let lastClock: Clock | undefined
let lastCache: CachedDate = { text: undefined }

/** The current time, as `Thu, 01 Jan 1970 00:00:00 GMT`. */
export function utcDate(clock: Clock): string {
  if (clock !== lastClock) {
    lastClock = clock
    lastCache = cacheOf(clock)
  }
  return lastCache.text ?? renew(lastCache, clock)
}

function cacheOf(clock: Clock): CachedDate {
  let cache = caches.get(clock)
  if (cache === undefined) {
    cache = { text: undefined }
    caches.set(clock, cache)
  }
  return cache
}

function renew(cache: CachedDate, clock: Clock): string {
  const now = clock.now()
  const text = new Date(now).toUTCString()
  cache.text = text
  const forget = () => {
    cache.text = undefined
  }
  clock.setTimer(forget, 1000 - (now % 1000)).unref()
  return text
}
