// Zone files (master files): RFC 1035 section 5, with $TTL (RFC 2308 section 4) and data of unknown types (RFC 3597
// section 5). $INCLUDE is rejected: the caller decides which files are read.

import { MessageError } from '../dns/wire/error.ts'
import { writeLabels } from '../dns/wire/name.ts'
import { MessageReader } from '../dns/wire/reader.ts'
import { parseTtl, readData } from '../dns/wire/record-text.ts'
import type { ResourceRecord } from '../dns/wire/records.ts'
import { CH, HS, IN, typeNumber } from '../dns/wire/types.ts'
import { readEntries, type ZoneEntry, ZoneFileError, type ZoneToken } from '../dns/wire/zone-tokens.ts'

export { ZoneFileError } from '../dns/wire/zone-tokens.ts'

export interface ZoneFileOptions {
  /** What names without a dot at their end belong to, until $ORIGIN says so. Default: none. */
  readonly origin?: string | undefined
}

/** @throws {ZoneFileError} */
export function parseZoneFile(text: string, options: ZoneFileOptions = {}): ResourceRecord[] {
  const state = new ZoneFileState(options.origin)
  const records: ResourceRecord[] = []
  for (const entry of readEntries(text)) {
    try {
      const record = state.read(entry)
      if (record !== undefined) records.push(record)
    } catch (error) {
      if (error instanceof MessageError) throw new ZoneFileError(error.rule, entry.line)
      throw error
    }
  }
  return records
}

/** What one line leaves for the next. */
class ZoneFileState {
  #origin: string | undefined
  #owner: string | undefined
  #ttl: number | undefined
  #lastTtl: number | undefined
  #class = IN

  constructor(origin: string | undefined) {
    if (origin !== undefined) this.#origin = absoluteName(origin, '')
  }

  /** @returns undefined for a directive */
  read(entry: ZoneEntry): ResourceRecord | undefined {
    const [first] = entry.tokens as [ZoneToken]
    if (!entry.isIndented && !first.isQuoted && first.text.startsWith('$')) {
      this.#readDirective(first.text.toUpperCase(), entry)
      return undefined
    }
    return this.#readRecord(entry)
  }

  #readDirective(directive: string, { tokens, line }: ZoneEntry): void {
    const value = tokens[1]?.text
    if (directive === '$INCLUDE') throw new ZoneFileError('$INCLUDE is not allowed', line)
    if (directive !== '$ORIGIN' && directive !== '$TTL') throw new ZoneFileError(`unknown directive ${directive}`, line)
    if (value === undefined || tokens.length > 2) throw new ZoneFileError(`${directive} takes one value`, line)
    if (directive === '$ORIGIN') {
      this.#origin = absoluteName(value, this.#origin)
      return
    }
    this.#ttl = parseTtl(value)
    if (this.#ttl === undefined) throw new ZoneFileError(`invalid time to live '${value}'`, line)
  }

  #readRecord({ tokens, isIndented, line }: ZoneEntry): ResourceRecord {
    let at = 0
    if (!isIndented) this.#owner = absoluteName((tokens[at++] as ZoneToken).text, this.#origin)
    if (this.#owner === undefined) throw new ZoneFileError('a record without an owner', line)
    let ttl: number | undefined
    let recordClass: number | undefined
    // Time to live and class come in either order, and each may be left out.
    for (; at < tokens.length; at++) {
      const { text } = tokens[at] as ZoneToken
      if (ttl === undefined && parseTtl(text) !== undefined) ttl = parseTtl(text)
      else if (recordClass === undefined && parseClass(text) !== undefined) recordClass = parseClass(text)
      else break
    }
    const type = tokens[at]
    const number = type === undefined || type.isQuoted ? undefined : typeNumber(type.text)
    if (type === undefined || number === undefined) {
      throw new ZoneFileError(type ? `unknown record type '${type.text}'` : 'a record without a type', line)
    }
    const origin = this.#origin
    const data = readData(number, tokens.slice(at + 1), name => absoluteName(name, origin))
    // Without $TTL it is the one of the record before, and a first SOA's own minimum.
    const fallback = this.#ttl ?? this.#lastTtl ?? (data.type === 'SOA' ? data.minimum : undefined)
    const ownTtl = ttl ?? fallback
    if (ownTtl === undefined) throw new ZoneFileError('a record without a time to live, and no $TTL before it', line)
    this.#lastTtl = ownTtl
    this.#class = recordClass ?? this.#class
    return { name: this.#owner, class: this.#class, ttl: ownTtl, ...data }
  }
}

/**
 * A name as zone files have them: `@` is the origin, and what does not end in a dot belongs below it.
 * @returns as a reader of messages gives it: no dot at the end, and one way to escape
 * @throws {MessageError}
 */
export function absoluteName(name: string, origin: string | undefined): string {
  const isAbsolute = endsInDot(name)
  if (!isAbsolute && origin === undefined) throw new MessageError(`'${name}' is relative, and there is no origin`, 0)
  let whole = isAbsolute ? name.slice(0, -1) : `${name}.${origin}`
  if (name === '@') whole = origin ?? ''
  else if (!isAbsolute && origin === '') whole = name
  writeLabels(whole, labels, 0)
  return new MessageReader(labels).name()
}

function parseClass(text: string): number | undefined {
  const upper = text.toUpperCase()
  const known = { IN, CH, HS }[upper]
  if (known !== undefined) return known
  const number = /^CLASS(\d{1,5})$/.exec(upper)?.[1]
  return number === undefined || Number(number) > 0xffff ? undefined : Number(number)
}

/** Whether the dot at the end is no escaped one. */
function endsInDot(name: string): boolean {
  return name.endsWith('.') && !/(?<!\\)(\\\\)*\\\.$/.test(name)
}

const labels = new Uint8Array(512)
