// One zone's records, and what it knows of a name: RFC 1034 section 4.3.2, with wildcards as RFC 4592 has them.

import { isWithin, lowerCaseName, parentName } from '../dns/wire/name.ts'
import type { RecordOf, ResourceRecord } from '../dns/wire/records.ts'

/** A set of records that makes no zone. */
export class ZoneError extends Error {
  override readonly name = 'ZoneError'
}

export type RecordSets = ReadonlyMap<string, readonly ResourceRecord[]>

/** What a zone says to a name. */
export type Finding =
  /** The name is here, as itself or by a wildcard; its sets may be none. Owners are the question's to set. */
  | { readonly kind: 'found'; readonly sets: RecordSets }
  /** It belongs to a zone below: these are that zone's name servers. */
  | { readonly kind: 'delegated'; readonly servers: readonly RecordOf<'NS'>[] }
  | { readonly kind: 'absent' }

export class Zone {
  /** In lower case. */
  readonly origin: string
  readonly soa: RecordOf<'SOA'>
  /** By name in lower case; names that only have names below them are there too, with no sets. */
  readonly #nodes = new Map<string, Map<string, ResourceRecord[]>>()

  /** @throws {ZoneError} no SOA or two, a record outside of the zone, a CNAME beside other data */
  constructor(records: Iterable<ResourceRecord>) {
    const all = [...records]
    const [soa, second] = all.filter((record): record is RecordOf<'SOA'> => record.type === 'SOA')
    if (soa === undefined) throw new ZoneError('a zone without a SOA record')
    if (second !== undefined) throw new ZoneError(`a second SOA record, of '${second.name}'`)
    this.soa = soa
    this.origin = lowerCaseName(soa.name)
    for (const record of all) this.#add(record)
    for (const [name, sets] of this.#nodes) this.#checkNode(name, sets)
  }

  holds(name: string): boolean {
    return isWithin(name, this.origin)
  }

  /**
   * @param name - in lower case, within this zone
   * @param isParentSide - the question is one that the parent answers at a cut (DS, RFC 4035 section 3.1.4.1)
   */
  find(name: string, isParentSide = false): Finding {
    const path = this.#pathTo(name)
    for (const ancestor of path) {
      if (ancestor === this.origin || (isParentSide && ancestor === name)) continue
      const servers = this.#nodes.get(ancestor)?.get('NS')
      if (servers !== undefined) return { kind: 'delegated', servers: servers as RecordOf<'NS'>[] }
    }
    const sets = this.#nodes.get(name)
    if (sets !== undefined) return { kind: 'found', sets }
    // The closest name that is there decides which wildcard counts: RFC 4592 section 3.3.1.
    const encloser = path.findLast(ancestor => this.#nodes.has(ancestor)) ?? this.origin
    const wildcard = this.#nodes.get(encloser === '' ? '*' : `*.${encloser}`)
    return wildcard === undefined ? { kind: 'absent' } : { kind: 'found', sets: wildcard }
  }

  /** Records as they are in this zone, below a cut too: for additional data. */
  recordsOf(name: string, type: string): readonly ResourceRecord[] {
    return this.#nodes.get(name)?.get(type) ?? []
  }

  *[Symbol.iterator](): Generator<ResourceRecord> {
    for (const sets of this.#nodes.values()) for (const records of sets.values()) yield* records
  }

  /** The names from the origin down to `name`. */
  #pathTo(name: string): string[] {
    const path = [name]
    let at = name
    while (at !== this.origin) {
      const parent = parentName(at)
      if (parent === undefined) break
      path.push((at = parent))
    }
    return path.reverse()
  }

  #add(record: ResourceRecord): void {
    const name = lowerCaseName(record.name)
    if (!isWithin(name, this.origin)) throw new ZoneError(`'${record.name}' is not within '${this.origin}'`)
    for (const ancestor of this.#pathTo(name)) {
      if (!this.#nodes.has(ancestor)) this.#nodes.set(ancestor, new Map())
    }
    const sets = this.#nodes.get(name) as Map<string, ResourceRecord[]>
    const set = sets.get(record.type)
    if (set === undefined) sets.set(record.type, [record])
    // A record set holds no record twice: RFC 2181 section 5.
    else if (!set.some(one => isSameData(one, record))) set.push(record)
  }

  #checkNode(name: string, sets: Map<string, ResourceRecord[]>): void {
    const aliases = sets.get('CNAME')
    if (aliases !== undefined && (aliases.length > 1 || sets.size > 1)) {
      throw new ZoneError(`'${name}' has other data beside its CNAME`)
    }
    // One time to live for all of a set: RFC 2181 section 5.2.
    for (const [type, records] of sets) {
      const ttl = Math.min(...records.map(record => record.ttl))
      sets.set(
        type,
        records.map(record => (record.ttl === ttl ? record : { ...record, ttl })),
      )
    }
  }
}

function isSameData(one: ResourceRecord, other: ResourceRecord): boolean {
  return fingerprint(one) === fingerprint(other)
}

function fingerprint({ name: _, ttl: __, ...data }: ResourceRecord): string {
  return JSON.stringify(data, (_key, value) => (value instanceof Uint8Array ? [...value] : value))
}
