// One question on its way: which server is asked next and how, which packet is its answer, and when to give up.
// RFC 1035 section 7, RFC 5452 (what an answer has to match), RFC 6891 (EDNS and doing without), RFC 7766 (TCP).
//
// The carrier sends what a step says and calls back with what came: `receive`, `expire` when the step's time is over,
// `fail` when it could not be carried. Each gives the next step, or undefined: go on waiting.

import { noBytes } from '../../core/bytes.ts'
import { MessageError } from '../wire/error.ts'
import { type Message, readMessage, writeMessage } from '../wire/message.ts'
import { FORMERR, IN, NOTIMP, QUERY, type QuestionType, REFUSED, SERVFAIL } from '../wire/types.ts'
import { type FailureCode, type Outcome, outcomeOf } from './outcome.ts'
import { MAX_ALIASES, MAX_TIMEOUT_MS, UDP_SIZE } from './query-limits.ts'

/** What is known of a server: shared by all questions to it. */
export interface ServerTraits {
  /** It understands EDNS, as far as we know. */
  edns: boolean
  /** Letters go out in random case, and have to come back so (draft-vixie-dnsext-dns0x20). */
  mixedCase: boolean
}

export interface QuerySettings {
  readonly servers: readonly ServerTraits[]
  /** The first to be asked. */
  readonly first: number
  /** For each server. */
  readonly tries: number
  readonly timeoutMs: number
  /** 0: none. */
  readonly maxTimeoutMs: number
  /** 0 to 1, by chance: how much of half a wait is left out once it has doubled, so that clients do not return together. */
  readonly jitter?: number | undefined
}

export type Step =
  | { readonly kind: 'send'; readonly server: number; readonly transport: 'udp' | 'tcp'; readonly timeoutMs: number }
  | { readonly kind: 'done'; readonly outcome: Exclude<Outcome, { kind: 'alias' }> }

export class Query {
  readonly #type: QuestionType
  readonly #settings: QuerySettings
  #name: string
  #attempts = 0
  #server: number
  #transport: 'udp' | 'tcp' = 'udp'
  #edns: boolean
  /** What was sent last, with the id it had; and where its question ends. */
  #sent: Uint8Array = noBytes
  #isEncoded = false
  #questionEnd = 0
  /** What its letters were mixed by. */
  #chance: Uint8Array | undefined
  #lastFailure: FailureCode = 'ETIMEOUT'
  #aliases = 0
  #aliasTtl = Number.MAX_SAFE_INTEGER

  constructor(name: string, type: QuestionType, settings: QuerySettings) {
    this.#name = name
    this.#type = type
    this.#settings = settings
    this.#server = settings.first
    this.#edns = settings.servers[settings.first]?.edns ?? true
  }

  start(): Step {
    if (this.#settings.servers.length === 0) return failed('ECONNREFUSED')
    try {
      this.#encode()
      this.#name = this.#nameAsAnswered()
    } catch (error) {
      if (error instanceof MessageError) return failed('EBADNAME')
      throw error
    }
    return this.#send()
  }

  /**
   * The packet of the step that was given last.
   * @param chance - a random bit for each byte of the name: 32 bytes are enough
   */
  writePacket(id: number, chance: Uint8Array | undefined): Uint8Array {
    if (!this.#isEncoded) this.#encode()
    this.#isEncoded = false
    const packet = this.#sent
    packet[0] = id >> 8
    packet[1] = id & 0xff
    this.#chance = this.#traits.mixedCase ? chance : undefined
    if (this.#chance !== undefined) mixCase(packet, this.#questionEnd - 4, this.#chance)
    return packet
  }

  /** The name as answers have it in text: without a dot at the end, escaped only where it has to be. */
  #nameAsAnswered(): string {
    const name = this.#name
    if (name.includes('\\')) return readMessage(this.#sent).questions[0]?.name ?? name
    return name.endsWith('.') ? name.slice(0, -1) : name
  }

  /** What is sent next, but for its id and the case of its letters. */
  #encode(): void {
    const packet = writeMessage({
      id: 0,
      flags: requestFlags,
      rcode: 0,
      questions: [{ name: this.#name, type: this.#type, class: IN }],
      answers: [],
      authorities: [],
      additionals: [],
      edns: this.#edns ? requestEdns : undefined,
    })
    this.#sent = packet
    this.#questionEnd = packet.length - (this.#edns ? OPT_SIZE : 0)
    this.#isEncoded = true
  }

  /** `writePacket` is to be given chance. */
  get wantsChance(): boolean {
    return this.#traits.mixedCase
  }

  /** A packet with the id of ours, from the server that was asked, at the port it was asked from. */
  receive(packet: Uint8Array): Step | undefined {
    const match = matchQuestion(this.#sent, packet, this.#questionEnd)
    if (match === 'no') return this.#receiveHeaderOnly(packet)
    if (match === 'case' && this.#traits.mixedCase) {
      // Over TCP it cannot be a guess: such is this server, and it is not to be tried again.
      if (this.#transport === 'tcp') this.#traits.mixedCase = false
      else return this.#over('tcp')
    }
    return this.#receiveAnswer(match === 'yes' ? this.#inOwnCase(packet) : packet)
  }

  /**
   * Names in the records that are cut short point at the question, and would come out in its random case. Mixing it once more
   * takes that back.
   */
  #inOwnCase(packet: Uint8Array): Uint8Array {
    if (this.#chance === undefined) return packet
    const own = new Uint8Array(packet)
    mixCase(own, this.#questionEnd - 4, this.#chance)
    return own
  }

  /** The step's time is over. */
  expire(): Step {
    return this.#next('ETIMEOUT')
  }

  /** The step could not be carried out, or its connection is gone. */
  fail(code: FailureCode): Step {
    return this.#next(code)
  }

  /** Some servers send their FORMERR or NOTIMP without the question. RFC 6891 section 7. */
  #receiveHeaderOnly(packet: Uint8Array): Step | undefined {
    if (packet.length < 12 || ((packet[2] as number) & 0x80) === 0 || packet[4] !== 0 || packet[5] !== 0)
      return undefined
    const rcode = (packet[3] as number) & 15
    if (this.#edns && (rcode === FORMERR || rcode === NOTIMP)) return this.#withoutEdns()
    return undefined
  }

  #receiveAnswer(packet: Uint8Array): Step {
    const isTruncated = ((packet[2] as number) & 0x02) !== 0
    if (isTruncated && this.#transport === 'udp') return this.#over('tcp')
    let message: Message
    try {
      message = readMessage(packet)
    } catch (error) {
      if (error instanceof MessageError) return this.#next('EBADRESP')
      throw error
    }
    const { rcode } = message
    if (this.#edns && message.edns === undefined && (rcode === FORMERR || rcode === NOTIMP)) return this.#withoutEdns()
    const outcome = outcomeOf(message, this.#name, this.#type)
    if (outcome.kind === 'alias') return this.#follow(outcome.target, outcome.ttl)
    // Another server may do better.
    if (rcode === SERVFAIL || rcode === NOTIMP || rcode === REFUSED) {
      return this.#next(outcome.kind === 'failure' ? outcome.code : 'ESERVFAIL')
    }
    if (outcome.ttl === undefined) return { kind: 'done', outcome }
    return { kind: 'done', outcome: { ...outcome, ttl: Math.min(outcome.ttl, this.#aliasTtl) } }
  }

  #follow(target: string, ttl: number): Step {
    if (++this.#aliases > MAX_ALIASES) return failed('EBADRESP')
    this.#name = target
    this.#isEncoded = false
    this.#aliasTtl = Math.min(this.#aliasTtl, ttl)
    this.#transport = 'udp'
    return this.#send()
  }

  #withoutEdns(): Step {
    this.#edns = false
    this.#traits.edns = false
    return this.#send()
  }

  #over(transport: 'udp' | 'tcp'): Step {
    this.#transport = transport
    return this.#send()
  }

  #next(code: FailureCode): Step {
    const { servers, tries } = this.#settings
    this.#lastFailure = code
    this.#attempts++
    if (this.#attempts >= tries * servers.length) return failed(this.#lastFailure)
    this.#server = (this.#server + 1) % servers.length
    this.#transport = 'udp'
    this.#edns = this.#traits.edns
    return this.#send()
  }

  /** Each round over all servers waits twice as long as the one before, less a part by chance, and never less than the first. */
  #send(): Step {
    const { timeoutMs, maxTimeoutMs, servers, jitter = 0 } = this.#settings
    const round = Math.floor(this.#attempts / servers.length)
    const most = maxTimeoutMs > 0 ? maxTimeoutMs : MAX_TIMEOUT_MS
    const longest = Math.min(timeoutMs * 2 ** round, most)
    return {
      kind: 'send',
      server: this.#server,
      transport: this.#transport,
      timeoutMs:
        round === 0 ? longest : Math.max(Math.min(timeoutMs, most), longest - Math.floor((longest / 2) * jitter)),
    }
  }

  get #traits(): ServerTraits {
    return this.#settings.servers[this.#server] as ServerTraits
  }
}

function failed(code: FailureCode): Step {
  return { kind: 'done', outcome: { kind: 'failure', code } }
}

/** Whether the packet is a response and repeats our question: byte for byte, but for the case of letters, or not. */
function matchQuestion(sent: Uint8Array, packet: Uint8Array, end: number): 'yes' | 'case' | 'no' {
  if (packet.length < end || ((packet[2] as number) & 0xf8) !== 0x80 || packet[4] !== 0 || packet[5] !== 1) return 'no'
  let match: 'yes' | 'case' = 'yes'
  for (let i = 12; i < end; i++) {
    const [ours, theirs] = [sent[i] as number, packet[i] as number]
    if (ours === theirs) continue
    // Lengths of labels are below 64, letters are not; type and class are never letters.
    if (i >= end - 4 || (ours ^ theirs) !== 0x20 || !isLetter(ours)) return 'no'
    match = 'case'
  }
  return match
}

function mixCase(packet: Uint8Array, end: number, chance: Uint8Array): void {
  for (let i = 12; i < end; i++) {
    const byte = packet[i] as number
    if (isLetter(byte)) packet[i] = byte ^ ((chance[(i - 12) >> 3] as number) & (1 << (i & 7)) ? 0x20 : 0)
  }
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** Of an OPT record without options. */
const OPT_SIZE = 11

const requestEdns = { udpSize: UDP_SIZE, version: 0, do: false, options: [] }
const requestFlags = {
  ...{ qr: false, opcode: QUERY, aa: false, tc: false, rd: true },
  ...{ ra: false, ad: false, cd: false },
}
