// A name server that answers from its own zones: a query in, its answer out. RFC 1034 section 4.3, RFC 2308 (negative
// answers), RFC 6891 (EDNS), RFC 8482 (ANY). It queries no other server, so it needs neither sockets nor time.

import { MessageError } from '../dns/wire/error.ts'
import { type Edns, type Message, type Question, readMessage, writeMessage } from '../dns/wire/message.ts'
import { lowerCaseName } from '../dns/wire/name.ts'
import type { RecordOf, ResourceRecord } from '../dns/wire/records.ts'
import {
  ANY_CLASS,
  BADVERS,
  FORMERR,
  IN,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  QUERY,
  REFUSED,
  SERVFAIL,
  typeName,
} from '../dns/wire/types.ts'
import { DEFAULT_UDP_SIZE, MAX_ALIASES, MIN_UDP_SIZE } from './server-limits.ts'
import type { RecordSets, Zone } from './zone.ts'

export type Transport = 'udp' | 'tcp'

export interface AuthorityOptions {
  /** The largest answer over UDP. Default: DEFAULT_UDP_SIZE. */
  readonly udpSize?: number | undefined
  /** ANY gets all records of a name, or one set of them (RFC 8482 section 4.1). Default: `full`. */
  readonly any?: 'full' | 'minimal' | undefined
}

export class Authority {
  readonly #zones: readonly Zone[]
  readonly #udpSize: number
  readonly #isAnyMinimal: boolean

  constructor(zones: Iterable<Zone>, options: AuthorityOptions = {}) {
    // The longest origin first: the zone that a name belongs to is the first that holds it.
    this.#zones = [...zones].sort((a, b) => b.origin.length - a.origin.length)
    this.#udpSize = options.udpSize ?? DEFAULT_UDP_SIZE
    this.#isAnyMinimal = options.any === 'minimal'
  }

  /** The answer's bytes; undefined: there is none to such a message. */
  respond(bytes: Uint8Array, transport: Transport): Uint8Array | undefined {
    // No header, or an answer: two servers that answered each other's answers would never stop.
    if (bytes.length < HEADER_SIZE || (bytes[2] as number) & 0x80) return undefined
    // Other opcodes put other things into the sections.
    if ((((bytes[2] as number) >> 3) & 0x0f) !== QUERY) return bareAnswer(bytes, NOTIMP)
    let query: Message
    try {
      query = readMessage(bytes)
    } catch (error) {
      if (error instanceof MessageError) return bareAnswer(bytes, FORMERR)
      throw error
    }
    const answer = this.answer(query)
    const wanted = Math.max(query.edns?.udpSize ?? MIN_UDP_SIZE, MIN_UDP_SIZE)
    // The records beside a referral are what makes it of use: RFC 9471.
    const isReferral = !answer.flags.aa && answer.authorities.length > 0
    return writeMessage(answer, {
      maxSize: transport === 'udp' ? Math.min(wanted, this.#udpSize) : undefined,
      additionalsRequired: isReferral,
    })
  }

  answer(query: Message): Message {
    const { edns, questions } = query
    const [question] = questions
    const draft = new Draft(query, edns === undefined ? undefined : this.#ownEdns(edns))
    if (edns !== undefined && edns.version > 0) return draft.finish(BADVERS)
    if (query.flags.opcode !== QUERY) return draft.finish(NOTIMP)
    // One question, and one only: RFC 9619.
    if (question === undefined || questions.length > 1) return draft.finish(FORMERR)
    if (question.class !== IN && question.class !== ANY_CLASS) return draft.finish(REFUSED)
    if (question.type === 'AXFR' || question.type === 'IXFR') return draft.finish(REFUSED)
    return draft.finish(this.#resolve(question, draft))
  }

  #ownEdns(asked: Edns): Edns {
    return { udpSize: Math.max(this.#udpSize, MIN_UDP_SIZE), version: 0, do: asked.do, options: [] }
  }

  /** Follows the aliases of a name as far as our zones go. @returns the response code */
  #resolve({ name: asked, type }: Question, draft: Draft): number {
    let owner = asked
    for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      const name = lowerCaseName(owner)
      const zone = this.#zoneOf(name, type)
      // The resolver has to follow a chain that leaves our zones: RFC 1034 section 4.3.2.
      if (zone === undefined) return aliases === 0 ? REFUSED : NOERROR
      const finding = zone.find(name, type === DS)
      if (finding.kind === 'delegated') {
        if (aliases === 0) this.#refer(zone, finding.servers, draft)
        return NOERROR
      }
      draft.isAuthoritative = true
      if (finding.kind === 'absent') {
        draft.authorities.push(negativeSoa(zone))
        return NXDOMAIN
      }
      const [alias] = (finding.sets.get('CNAME') ?? []) as RecordOf<'CNAME'>[]
      if (alias === undefined || type === 'CNAME' || type === 'ANY') {
        this.#addAnswers(zone, finding.sets, owner, type, draft)
        return NOERROR
      }
      draft.answers.push({ ...alias, name: owner })
      owner = alias.target
    }
    draft.clear()
    return SERVFAIL
  }

  /** The zone that answers for a name. At a cut that is the one below, but for DS: RFC 4035 section 3.1.4.1. */
  #zoneOf(name: string, type: string): Zone | undefined {
    const zones = this.#zones.filter(zone => zone.holds(name))
    if (type === DS && zones[0]?.origin === name) return zones[1] ?? zones[0]
    return zones[0]
  }

  #addAnswers(zone: Zone, sets: RecordSets, owner: string, type: string, draft: Draft): void {
    let records = sets.get(type) ?? []
    if (type === 'ANY') records = this.#isAnyMinimal ? ([...sets.values()][0] ?? []) : [...sets.values()].flat()
    if (records.length === 0) draft.authorities.push(negativeSoa(zone))
    for (const record of records) {
      draft.answers.push(record.name === owner ? record : { ...record, name: owner })
      this.#addAddresses(record, draft)
    }
  }

  #refer(zone: Zone, servers: readonly RecordOf<'NS'>[], draft: Draft): void {
    draft.authorities.push(...servers)
    for (const server of servers) {
      const target = lowerCaseName(server.target)
      draft.additionals.push(...zone.recordsOf(target, 'A'), ...zone.recordsOf(target, 'AAAA'))
    }
  }

  /** Addresses that the asker will want next, where they are ours: RFC 1035 section 3.3. */
  #addAddresses(record: ResourceRecord, draft: Draft): void {
    let target: string
    if (record.type === 'MX') target = record.exchange
    else if (record.type === 'NS' || record.type === 'SRV') target = record.target
    else return
    const name = lowerCaseName(target)
    const finding = this.#zoneOf(name, 'A')?.find(name)
    if (finding?.kind !== 'found') return
    for (const type of ['A', 'AAAA']) {
      for (const address of finding.sets.get(type) ?? []) draft.addAdditional({ ...address, name: target })
    }
  }
}

/** An answer in the making. */
class Draft {
  readonly #query: Message
  readonly #edns: Edns | undefined
  readonly answers: ResourceRecord[] = []
  readonly authorities: ResourceRecord[] = []
  readonly additionals: ResourceRecord[] = []
  readonly #targets = new Set<string>()
  isAuthoritative = false

  constructor(query: Message, edns: Edns | undefined) {
    this.#query = query
    this.#edns = edns
  }

  /** Many records may name one machine. */
  addAdditional(record: ResourceRecord): void {
    if (!('address' in record)) return
    const key = `${record.name} ${record.address}`
    if (this.#targets.has(key)) return
    this.#targets.add(key)
    this.additionals.push(record)
  }

  clear(): void {
    this.isAuthoritative = false
    this.answers.length = 0
  }

  finish(rcode: number): Message {
    const { id, flags, questions } = this.#query
    const { answers, authorities, additionals } = this
    return {
      id,
      flags: {
        qr: true,
        opcode: flags.opcode,
        aa: this.isAuthoritative,
        tc: false,
        rd: flags.rd,
        ra: false,
        ad: false,
        cd: false,
      },
      rcode,
      questions: rcode === FORMERR ? [] : questions,
      answers,
      authorities,
      additionals,
      edns: this.#edns,
    }
  }
}

/** For how long an answer of "no" holds: RFC 2308 section 5. */
function negativeSoa({ soa }: Zone): ResourceRecord {
  return { ...soa, ttl: Math.min(soa.ttl, soa.minimum) }
}

/** A header alone, to what could not be read. */
function bareAnswer(query: Uint8Array, rcode: number): Uint8Array {
  const answer = new Uint8Array(HEADER_SIZE)
  answer[0] = query[0] as number
  answer[1] = query[1] as number
  // QR; opcode and RD as they were.
  answer[2] = 0x80 | ((query[2] as number) & 0x79)
  answer[3] = rcode
  return answer
}

const HEADER_SIZE = 12

const DS = typeName(43)
