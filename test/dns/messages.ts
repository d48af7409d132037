// Messages for tests.

import type { Message } from '../../src/dns/wire/message.ts'
import { IN, NOERROR, QUERY, type QuestionType } from '../../src/dns/wire/types.ts'

export const queryFlags = {
  qr: false,
  opcode: QUERY,
  aa: false,
  tc: false,
  rd: true,
  ra: false,
  ad: false,
  cd: false,
} as const

/** A message with nothing in it but what is given. */
export function message(parts: Partial<Message>): Message {
  return {
    id: 0x1234,
    flags: queryFlags,
    rcode: NOERROR,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
    edns: undefined,
    ...parts,
  }
}

export function queryFor(name: string, type: QuestionType): Message {
  return message({ questions: [{ name, type, class: IN }] })
}
