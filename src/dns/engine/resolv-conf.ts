// The resolver's configuration file, resolv.conf(5). Lines and words that make no sense are passed over, as the system's
// own resolver does.

import type { ResolverConfiguration } from '../../host/types.ts'
import { MAX_NDOTS, MAX_SEARCH_DOMAINS } from './query-limits.ts'

/** With the name servers, which hosts give apart. */
export interface ResolvConf extends ResolverConfiguration {
  readonly nameServers: readonly string[]
}

export function parseResolvConf(text: string): ResolvConf {
  const nameServers: string[] = []
  let search: string[] = []
  const options = { ndots: 1, timeoutMs: undefined as number | undefined, attempts: undefined as number | undefined }
  let rotate = false
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'nameserver' && words[0] !== undefined) nameServers.push(words[0])
    // The last of `domain` and `search` counts.
    else if (keyword === 'domain' && words[0] !== undefined) search = [words[0]]
    else if (keyword === 'search') search = words.slice(0, MAX_SEARCH_DOMAINS)
    else if (keyword === 'options') {
      for (const word of words) {
        const [name, value] = word.split(':', 2)
        if (name === 'rotate') rotate = true
        if (value === undefined || !/^\d{1,5}$/.test(value)) continue
        if (name === 'ndots') options.ndots = Math.min(Number(value), MAX_NDOTS)
        // The manual caps both: 30 seconds and 5 attempts.
        else if (name === 'timeout' && Number(value) > 0) options.timeoutMs = Math.min(Number(value), 30) * 1000
        else if (name === 'attempts' && Number(value) > 0) options.attempts = Math.min(Number(value), 5)
      }
    }
  }
  return { nameServers, search, ...options, rotate }
}
