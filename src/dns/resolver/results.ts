// Records in the shapes that Node's resolver gives. Source: Node's documentation, `dns.resolve*()`.

import type { ResourceRecord } from '../wire/records.ts'

/** For one type of question: all that its callback gets. */
export function resultOf(type: string, records: readonly ResourceRecord[], withTtl: boolean): unknown {
  if (type === 'ANY') return anyResult(records)
  const values = records.map(recordValue)
  if (type === 'SOA') return values[0]
  if (!withTtl || (type !== 'A' && type !== 'AAAA')) return values
  return records.map((record, i) => ({ address: values[i], ttl: record.ttl }))
}

function recordValue(record: ResourceRecord): unknown {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return record.target
    case 'TXT':
      return [...record.strings]
    case 'MX':
      return { exchange: record.exchange, priority: record.preference }
    case 'SRV':
      return { name: record.target, port: record.port, priority: record.priority, weight: record.weight }
    case 'NAPTR': {
      const { flags, services: service, regexp, replacement, order, preference } = record
      return { flags, service, regexp, replacement, order, preference }
    }
    case 'SOA': {
      const { mname: nsname, rname: hostmaster, serial, refresh, retry, expire, minimum: minttl } = record
      return { nsname, hostmaster, serial, refresh, retry, expire, minttl }
    }
    case 'CAA':
      // The tag is the server's to choose: it must not reach a prototype.
      return Object.defineProperty({ critical: record.flags }, record.tag, { ...visible, value: record.value })
    case 'TLSA': {
      const { usage: certUsage, selector, matchingType: match, data } = record
      return { certUsage, selector, match, data: new Uint8Array(data).buffer }
    }
    default:
      return undefined
  }
}

const visible = { enumerable: true, configurable: true, writable: true }

/** Grouped by type, in Node's order. Types that Node has no shape for are left out. */
function anyResult(records: readonly ResourceRecord[]): object[] {
  return anyTypes.flatMap(type => records.filter(record => record.type === type).map(anyValue))
}

function anyValue(record: ResourceRecord): object {
  const { type } = record
  if (record.type === 'A' || record.type === 'AAAA') return { address: record.address, ttl: record.ttl, type }
  if (record.type === 'TXT') return { entries: [...record.strings], type }
  const value = recordValue(record)
  return typeof value === 'string' ? { value, type } : { ...(value as object), type }
}

const anyTypes = ['A', 'CNAME', 'AAAA', 'MX', 'NS', 'TXT', 'SRV', 'PTR', 'NAPTR', 'SOA', 'CAA', 'TLSA']
