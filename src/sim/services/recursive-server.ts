// A recursive name server program for a machine: it resolves iteratively from the roots, as in RFC 1034 section 5.3.3, and
// caches answers for their TTL. UDP; an answer that does not fit is passed on as truncated. No DNSSEC.

import { type Message, type Question, readMessage, writeMessage } from '../../dns/wire/message.ts'
import { isWithin, lowerCaseName } from '../../dns/wire/name.ts'
import type { ResourceRecord } from '../../dns/wire/records.ts'
import { NOERROR, QUERY, SERVFAIL } from '../../dns/wire/types.ts'
import { currentHost } from '../../host/current.ts'
import type { DatagramPort, Endpoint, Host } from '../../host/types.ts'

export const recursionLimits = {
  /** Steps for one question: aliases and referrals followed. */
  steps: 30,
  /** Depth of queries for the addresses of name servers that a referral gives without addresses. */
  depth: 4,
  tries: 3,
  timeoutMs: 1000,
  cachedAnswers: 10_000,
  /** Seconds to which longer TTLs are cut. */
  longestTtl: 86_400,
} as const

interface Answer {
  readonly rcode: number
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
}

/** The program: to be run on the machine. */
export function serveRecursively(roots: readonly string[]): Promise<void> {
  return new RecursiveServer(currentHost(), roots).listen()
}

class RecursiveServer {
  readonly #host: Host
  readonly #roots: readonly string[]
  readonly #cache = new Map<string, { readonly answer: Answer; readonly untilMs: number }>()

  constructor(host: Host, roots: readonly string[]) {
    this.#host = host
    this.#roots = roots
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const port = this.#host.bind(
        { family: 4, address: '0.0.0.0', port: 53 },
        {
          onListening: resolve,
          onMessage: (bytes, from) => void this.#answer(port, bytes, from),
          onError: reject,
          onClose() {},
        },
      )
    })
  }

  async #answer(port: DatagramPort, bytes: Uint8Array, from: Endpoint): Promise<void> {
    let query: Message
    try {
      query = readMessage(bytes)
    } catch {
      return
    }
    const [question] = query.questions
    if (query.flags.qr || query.flags.opcode !== QUERY || question === undefined || query.questions.length > 1) return
    const answer = await this.#resolve(question, 0).catch((): Answer => failed)
    const message: Message = {
      ...query,
      ...answer,
      flags: { ...query.flags, qr: true, aa: false, ra: true, tc: false, ad: false },
      additionals: [],
      edns: query.edns === undefined ? undefined : { ...query.edns, options: [] },
    }
    const maxSize = Math.max(512, query.edns?.udpSize ?? 512)
    port.send([writeMessage(message, { maxSize })], { address: from.address, port: from.port }, () => {})
  }

  async #resolve(question: Question, depth: number): Promise<Answer> {
    const key = `${lowerCaseName(question.name)} ${question.type}`
    const known = this.#cache.get(key)
    if (known !== undefined && known.untilMs > this.#host.clock.monotonic()) return known.answer
    const answer = await this.#descend(question, depth)
    this.#remember(key, answer)
    return answer
  }

  /** Follows referrals from the roots to the answer; an alias begins anew with its target. */
  async #descend(question: Question, depth: number): Promise<Answer> {
    let servers = this.#roots
    let { name } = question
    let zone = ''
    const aliases: ResourceRecord[] = []
    for (let step = 0; step < recursionLimits.steps; step++) {
      const reply = await this.#ask(servers, { ...question, name })
      if (reply === undefined) return failed
      const { rcode, answers, authorities } = reply
      const alias = answers.find(record => record.type === 'CNAME' && sameName(record.name, name))
      const found = answers.some(record => record.type === question.type)
      if (found || rcode !== NOERROR || (alias === undefined && !isReferral(reply, zone))) {
        return { rcode, answers: [...aliases, ...answers], authorities: found ? [] : authorities }
      }
      if (alias?.type === 'CNAME') {
        aliases.push(alias)
        name = alias.target
        servers = this.#roots
        zone = ''
        continue
      }
      const next = await this.#serversOf(reply, depth)
      if (next === undefined) return failed
      zone = next.zone
      servers = next.addresses
    }
    return failed
  }

  /** The addresses of a referral's servers: from its glue records, or looked up. */
  async #serversOf(
    { authorities, additionals }: Message,
    depth: number,
  ): Promise<{ zone: string; addresses: string[] } | undefined> {
    const referrals = authorities.flatMap(record => (record.type === 'NS' ? [record] : []))
    const [first] = referrals
    if (first === undefined) return undefined
    const glue = additionals.flatMap(record => {
      const isNamed = referrals.some(({ target }) => sameName(target, record.name))
      return record.type === 'A' && isNamed ? [record.address] : []
    })
    if (glue.length > 0) return { zone: first.name, addresses: glue }
    if (depth >= recursionLimits.depth) return undefined
    for (const { target } of referrals) {
      const { answers } = await this.#resolve({ name: target, type: 'A', class: first.class }, depth + 1)
      const addresses = answers.flatMap(record => (record.type === 'A' ? [record.address] : []))
      if (addresses.length > 0) return { zone: first.name, addresses }
    }
    return undefined
  }

  /** Asks one server after the other, in rounds. */
  async #ask(servers: readonly string[], question: Question): Promise<Message | undefined> {
    for (let attempt = 0; attempt < recursionLimits.tries; attempt++) {
      for (const server of servers) {
        const reply = await this.#askOne(server, question)
        if (reply !== undefined && reply.rcode !== SERVFAIL) return reply
      }
    }
    return undefined
  }

  #askOne(server: string, question: Question): Promise<Message | undefined> {
    const [high = 0, low = 0] = this.#host.random(2)
    const id = (high << 8) | low
    const flags = { qr: false, opcode: QUERY, aa: false, tc: false, rd: false, ra: false, ad: false, cd: false }
    const edns = { udpSize: 1232, version: 0, do: false, options: [] }
    const sections = { answers: [], authorities: [], additionals: [] }
    const bytes = writeMessage({ id, flags, rcode: NOERROR, questions: [question], ...sections, edns })
    return new Promise(resolve => {
      // A separate port for each query: a forged answer would have to guess the port and the id.
      const settle = (reply: Message | undefined) => {
        timer.cancel()
        port.close()
        resolve(reply)
      }
      const timer = this.#host.clock.setTimer(() => settle(undefined), recursionLimits.timeoutMs)
      const port = this.#host.bind(
        { family: 4, port: 0 },
        {
          onListening: () => port.send([bytes], { address: server, port: 53 }, () => {}),
          onMessage: (message, from) => {
            if (from.address !== server || from.port !== 53) return
            const reply = readReply(message, id, question)
            if (reply !== undefined) settle(reply)
          },
          onError: () => settle(undefined),
          onClose() {},
        },
      )
    })
  }

  #remember(key: string, answer: Answer): void {
    if (answer === failed) return
    const ttls = [...answer.answers, ...answer.authorities].map(({ ttl }) => ttl)
    const ttl = Math.min(recursionLimits.longestTtl, ...ttls)
    if (ttls.length === 0 || ttl <= 0) return
    if (this.#cache.size >= recursionLimits.cachedAnswers) this.#cache.clear()
    this.#cache.set(key, { answer, untilMs: this.#host.clock.monotonic() + ttl * 1000 })
  }
}

/** The message, if it answers this question. */
function readReply(bytes: Uint8Array, id: number, question: Question): Message | undefined {
  try {
    const reply = readMessage(bytes)
    const [asked] = reply.questions
    const isOurs = reply.flags.qr && reply.id === id && asked !== undefined
    return isOurs && sameName(asked.name, question.name) && asked.type === question.type ? reply : undefined
  } catch {
    return undefined
  }
}

/** A referral to servers of a zone below: any other could lead in circles. */
function isReferral({ flags, answers, authorities }: Message, zone: string): boolean {
  if (flags.aa || answers.length > 0) return false
  return authorities.some(
    ({ type, name }) => type === 'NS' && !sameName(name, zone) && (zone === '' || isWithin(name, zone)),
  )
}

function sameName(one: string, other: string): boolean {
  return lowerCaseName(one) === lowerCaseName(other)
}

const failed: Answer = { rcode: SERVFAIL, answers: [], authorities: [] }
