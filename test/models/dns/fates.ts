// What becomes of a question at the model's name server: told by the first word of its name.

import { type Message, readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import { NOERROR, NXDOMAIN, REFUSED, SERVFAIL } from '../../../src/dns/wire/types.ts'

/** The answer that comes of each: what resolve4() gives, or the error's code. */
export const outcomes = {
  address: '192.0.2.1',
  missing: 'ENOTFOUND',
  empty: 'ENODATA',
  failing: 'ESERVFAIL',
  refusing: 'EREFUSED',
  /** By UDP cut short: whole by TCP. */
  truncated: '192.0.2.2',
  alias: '192.0.2.3',
  /** Its answer cannot be read. */
  junk: 'EBADRESP',
  silent: 'ETIMEOUT',
  late: '192.0.2.1',
  /** Somebody else's answer comes first. */
  'wrong id': '192.0.2.1',
  'wrong name': '192.0.2.1',
  'wrong port': '192.0.2.1',
  /** Only a second question is answered. */
  'second try': '192.0.2.1',
} as const

export type Fate = keyof typeof outcomes

export interface Reply {
  readonly bytes: Uint8Array
  readonly delayMs: number
  /** From another port than the one that was asked. */
  readonly isFromElsewhere: boolean
}

export function nameIn(query: Uint8Array): string {
  return readMessage(query).questions[0]?.name.toLowerCase() ?? ''
}

/** @param times - how often the name has come, with this one */
export function answersTo(query: Uint8Array, transport: 'udp' | 'tcp', times: number): Reply[] {
  const message = readMessage(query)
  const fate = nameIn(query)
    .replace(/-\d+\.test$/, '')
    .replaceAll('-', ' ') as Fate
  const right = reply(answer(message, { address: '192.0.2.1' }))
  switch (fate) {
    case 'address':
      return [right]
    case 'missing':
      return [reply(answer(message, { rcode: NXDOMAIN }))]
    case 'empty':
      return [reply(answer(message, {}))]
    case 'failing':
      return [reply(answer(message, { rcode: SERVFAIL }))]
    case 'refusing':
      return [reply(answer(message, { rcode: REFUSED }))]
    case 'truncated':
      return [
        reply(transport === 'tcp' ? answer(message, { address: '192.0.2.2' }) : answer(message, { isTruncated: true })),
      ]
    case 'alias':
      return [reply(aliased(message))]
    case 'junk':
      return [reply(cutShort(answer(message, { address: '192.0.2.1' })))]
    case 'silent':
      return []
    case 'late':
      return [{ ...right, delayMs: 30 }]
    case 'wrong id': {
      const forged = Buffer.from(answer(message, { address: '203.0.113.1' }))
      forged.writeUInt16BE(message.id ^ 0xffff)
      return [reply(forged), { ...right, delayMs: 10 }]
    }
    case 'wrong name': {
      const questions = message.questions.map(question => ({ ...question, name: 'other.test' }))
      return [reply(answer({ ...message, questions }, { address: '203.0.113.1' })), { ...right, delayMs: 10 }]
    }
    case 'wrong port':
      return [
        { ...reply(answer(message, { address: '203.0.113.1' })), isFromElsewhere: true },
        { ...right, delayMs: 10 },
      ]
    case 'second try':
      return times > 1 ? [right] : []
  }
}

function reply(bytes: Uint8Array): Reply {
  return { bytes, delayMs: 0, isFromElsewhere: false }
}

interface Given {
  readonly address?: string
  readonly rcode?: number
  readonly isTruncated?: boolean
}

function answer(query: Message, { address, rcode = NOERROR, isTruncated = false }: Given): Uint8Array {
  const name = query.questions[0]?.name ?? ''
  return writeMessage({
    ...query,
    rcode,
    flags: { ...query.flags, qr: true, ra: true, tc: isTruncated },
    answers: address === undefined ? [] : [{ name, type: 'A', class: 1, ttl: 60, address }],
  })
}

function aliased(query: Message): Uint8Array {
  const name = query.questions[0]?.name ?? ''
  return writeMessage({
    ...query,
    flags: { ...query.flags, qr: true, ra: true },
    answers: [
      { name, type: 'CNAME', class: 1, ttl: 60, target: 'target.test' },
      { name: 'target.test', type: 'A', class: 1, ttl: 60, address: '192.0.2.3' },
    ],
  })
}

/** The last record ends in the middle. */
function cutShort(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length - 2)
}
