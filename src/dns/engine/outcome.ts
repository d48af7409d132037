// What an answer says to a question: the records at the end of its aliases, or why there are none.

import type { Message } from '../wire/message.ts'
import { isWithin, lowerCaseName } from '../wire/name.ts'
import type { ResourceRecord } from '../wire/records.ts'
import { IN, NOERROR, NXDOMAIN } from '../wire/types.ts'
import { MAX_ALIASES } from './query-limits.ts'

/** c-ares' codes, those that a question can end with. */
export type FailureCode =
  | 'ENODATA'
  | 'ENOTFOUND'
  | 'EFORMERR'
  | 'ESERVFAIL'
  | 'ENOTIMP'
  | 'EREFUSED'
  | 'EBADNAME'
  | 'EBADRESP'
  | 'ECONNREFUSED'
  | 'ETIMEOUT'
  | 'ECANCELLED'

export type Outcome =
  /** @property ttl - seconds that all of it holds: its aliases too */
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[]; readonly ttl: number }
  /** @property ttl - of a negative answer (RFC 2308 section 5); undefined: not to be kept */
  | { readonly kind: 'failure'; readonly code: FailureCode; readonly ttl?: number | undefined }
  /** The answer ends with an alias for a name it says nothing of. */
  | { readonly kind: 'alias'; readonly target: string; readonly ttl: number }

/** @param name - what was asked for, in any case */
export function outcomeOf(message: Message, name: string, type: string): Outcome {
  if (message.rcode !== NOERROR && message.rcode !== NXDOMAIN) {
    return { kind: 'failure', code: failureCodes[message.rcode] ?? 'ESERVFAIL' }
  }
  let owner = lowerCaseName(name)
  let ttl = Number.MAX_SAFE_INTEGER
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const here = message.answers.filter(record => record.class === IN && lowerCaseName(record.name) === owner)
    const wanted = type === 'ANY' ? here : here.filter(record => record.type === type)
    if (wanted.length > 0) return { kind: 'records', records: wanted, ttl: leastTtl(wanted, ttl) }
    const alias = here.find(record => record.type === 'CNAME')
    if (alias?.type !== 'CNAME') {
      if (message.rcode === NXDOMAIN)
        return { kind: 'failure', code: 'ENOTFOUND', ttl: negativeTtl(message, owner, ttl) }
      if (aliases > 0 && !hasSoaOf(message, owner)) return { kind: 'alias', target: owner, ttl }
      return { kind: 'failure', code: 'ENODATA', ttl: negativeTtl(message, owner, ttl) }
    }
    ttl = Math.min(ttl, alias.ttl)
    owner = lowerCaseName(alias.target)
  }
  return { kind: 'failure', code: 'EBADRESP' }
}

/** An SOA above the name says that its server knows the name, and that there is nothing. RFC 2308 section 2.2. */
function hasSoaOf(message: Message, name: string): boolean {
  return message.authorities.some(record => record.type === 'SOA' && isWithin(name, lowerCaseName(record.name)))
}

/** RFC 2308 section 5: the SOA's minimum or its own TTL, whichever is less; without an SOA it is not kept. */
function negativeTtl(message: Message, name: string, bound: number): number | undefined {
  for (const record of message.authorities) {
    if (record.type === 'SOA' && isWithin(name, lowerCaseName(record.name))) {
      return Math.min(record.minimum, record.ttl, bound)
    }
  }
  return undefined
}

function leastTtl(records: readonly ResourceRecord[], bound: number): number {
  return records.reduce((least, { ttl }) => Math.min(least, ttl), bound)
}

/** By response code. */
const failureCodes: readonly (FailureCode | undefined)[] = [
  undefined,
  'EFORMERR',
  'ESERVFAIL',
  'ENOTFOUND',
  'ENOTIMP',
  'EREFUSED',
]
