// Records as zone files have them, the way back of record-text.ts: what dig shows.

import type { RecordData, ResourceRecord } from './records.ts'
import type { ServiceParam } from './service-binding.ts'
import { CH, HS, IN } from './types.ts'

/** `www.example.org. 300 IN A 192.0.2.1` */
export function formatRecord(record: ResourceRecord): string {
  return `${formatName(record.name)} ${record.ttl} ${formatClass(record.class)} ${record.type} ${formatData(record)}`
}

/** The data alone: names with their dot at the end, texts in quotes, other bytes in hexadecimal. */
export function formatData(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return formatName(data.target)
    case 'SOA':
      return [
        formatName(data.mname),
        formatName(data.rname),
        ...[data.serial, data.refresh, data.retry, data.expire, data.minimum],
      ].join(' ')
    case 'MX':
      return `${data.preference} ${formatName(data.exchange)}`
    case 'TXT':
      return data.strings.map(quoted).join(' ')
    case 'SRV':
      return `${data.priority} ${data.weight} ${data.port} ${formatName(data.target)}`
    case 'NAPTR': {
      const texts = [data.flags, data.services, data.regexp].map(quoted).join(' ')
      return `${data.order} ${data.preference} ${texts} ${formatName(data.replacement)}`
    }
    case 'TLSA':
      return `${data.usage} ${data.selector} ${data.matchingType} ${hex(data.data)}`
    case 'CAA':
      // Letters and digits, if its sender keeps to RFC 8659 section 4.1.
      return `${data.flags} ${escaped(data.tag).replace(/[ ();]/g, '\\$&')} ${quoted(data.value)}`
    case 'SVCB':
    case 'HTTPS':
      return [data.priority, formatName(data.target), ...data.params.map(formatParam)].join(' ')
    default:
      // RFC 3597 section 5.
      return `\\# ${data.data.length} ${hex(data.data)}`.trimEnd()
  }
}

/** With the dot at the end; a space would end it. */
export function formatName(name: string): string {
  return `${name.replaceAll(' ', '\\032')}.`
}

/** One character per byte. */
function quoted(text: string): string {
  return `"${escaped(text)}"`
}

function escaped(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) out += `\\${String(code).padStart(3, '0')}`
    else out += text[i] === '"' || text[i] === '\\' ? `\\${text[i]}` : text[i]
  }
  return out
}

/** RFC 9460 section 2.1. */
function formatParam(param: ServiceParam): string {
  switch (param.key) {
    case 'mandatory':
      return `mandatory=${param.keys.join(',')}`
    case 'alpn':
      // Commas within an id are kept by a backslash of the list's own: RFC 9460 appendix A.1.
      return `alpn=${quoted(param.ids.map(id => id.replace(/[\\,]/g, '\\$&')).join(','))}`
    case 'no-default-alpn':
      return param.key
    case 'port':
      return `port=${param.port}`
    case 'ipv4hint':
    case 'ipv6hint':
      return `${param.key}=${param.addresses.join(',')}`
    case 'ech':
      return `ech="${Buffer.from(param.config).toString('base64')}"`
    default:
      return `${param.key}=${quoted(Buffer.from(param.data).toString('latin1'))}`
  }
}

function formatClass(recordClass: number): string {
  if (recordClass === IN) return 'IN'
  if (recordClass === CH) return 'CH'
  return recordClass === HS ? 'HS' : `CLASS${recordClass}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}
