// One question as a dialogue: what goes out, what comes back, and what is dropped.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Query, type QuerySettings, type Step } from '../../../src/dns/engine/query.ts'
import { MAX_ALIASES } from '../../../src/dns/engine/query-limits.ts'
import { type Message, readMessage, writeMessage } from '../../../src/dns/wire/message.ts'

const address = { type: 'A', class: 1, ttl: 60, address: '192.0.2.1' } as const
const servers = [{ edns: true, mixedCase: false }]
const chance = new Uint8Array(32).fill(0b1010_0101)

/** A question to `a.test`, and the server's side of it. */
function ask(settings: Partial<QuerySettings> = {}) {
  const servers = settings.servers ?? [{ edns: true, mixedCase: false }]
  const query = new Query('a.test', 'A', { first: 0, tries: 2, timeoutMs: 100, maxTimeoutMs: 0, ...settings, servers })
  const first = query.start()
  let packet = query.writePacket(1, chance)
  return {
    query,
    first,
    servers,
    resend: () => {
      packet = query.writePacket(2, chance)
      return readMessage(packet)
    },
    answer: (change: Partial<Message> = {}) => {
      const asked = readMessage(packet)
      const name = asked.questions[0]?.name ?? ''
      const flags = { ...asked.flags, qr: true }
      return query.receive(writeMessage({ ...asked, flags, answers: [{ name, ...address }], ...change }))
    },
    asked: () => readMessage(packet),
  }
}

function kindOf(step: Step | undefined): string {
  if (step === undefined) return 'waits'
  if (step.kind === 'send') return `${step.transport} to ${step.server} for ${step.timeoutMs}`
  return step.outcome.kind === 'failure' ? step.outcome.code : 'records'
}

describe('Query', () => {
  it('is answered by what repeats the question', () => {
    const { first, answer } = ask()
    assert.equal(kindOf(first), 'udp to 0 for 100')
    assert.equal(kindOf(answer()), 'records')
  })

  it('drops an answer to another question, and what is no answer', () => {
    const { answer, asked } = ask()
    const question = { name: 'b.test', type: 'A', class: 1 } as const
    assert.equal(kindOf(answer({ questions: [question] })), 'waits')
    assert.equal(kindOf(answer({ questions: [{ ...question, name: 'a.test', type: 'AAAA' }] })), 'waits')
    assert.equal(kindOf(answer({ questions: [{ ...question, name: 'a.test', class: 3 }] })), 'waits')
    assert.equal(kindOf(answer({ questions: [] })), 'waits')
    assert.equal(kindOf(answer({ flags: asked().flags })), 'waits')
    assert.equal(kindOf(answer()), 'records')
  })

  it('takes no records of other names', () => {
    const { answer } = ask()
    assert.equal(kindOf(answer({ answers: [{ name: 'evil.test', ...address }] })), 'ENODATA')
  })

  it('does not believe an answer in the wrong case, and asks over TCP', () => {
    const { answer, servers, asked, resend } = ask({ servers: [{ edns: true, mixedCase: true }] })
    assert.notEqual(asked().questions[0]?.name, 'a.test')
    const plain = { questions: [{ name: 'a.test', type: 'A', class: 1 } as const] }
    assert.equal(kindOf(answer(plain)), 'tcp to 0 for 100')
    resend()
    assert.equal(kindOf(answer({ ...plain, answers: [{ name: 'a.test', ...address }] })), 'records')
    assert.equal(servers[0]?.mixedCase, false)
  })

  it('gives names in the case of the zone and of the caller, whatever went out', () => {
    const settings = { first: 0, tries: 1, timeoutMs: 100, maxTimeoutMs: 0, servers: [{ edns: true, mixedCase: true }] }
    const query = new Query('Corp.test', 'MX', settings)
    query.start()
    const asked = readMessage(query.writePacket(1, new Uint8Array(32).fill(255)))
    const name = asked.questions[0]?.name ?? ''
    assert.equal(name, 'cORP.TEST')
    const answers = [{ name, type: 'MX', class: 1, ttl: 1, preference: 1, exchange: `mail.${name}` } as const]
    const step = query.receive(writeMessage({ ...asked, flags: { ...asked.flags, qr: true }, answers }))
    const records = step?.kind === 'done' && step.outcome.kind === 'records' ? step.outcome.records : []
    assert.deepEqual(
      records.map(record => record.type === 'MX' && record.exchange),
      ['mail.Corp.test'],
    )
  })

  it('does without EDNS where the server does not know it', () => {
    for (const rcode of [1, 4]) {
      const { answer, resend, servers } = ask()
      assert.equal(kindOf(answer({ rcode, edns: undefined, answers: [] })), 'udp to 0 for 100')
      assert.equal(resend().edns, undefined)
      assert.equal(servers[0]?.edns, false)
      assert.equal(kindOf(answer()), 'records')
    }
  })

  it('goes over to TCP for a truncated answer', () => {
    const { answer, asked } = ask()
    assert.equal(kindOf(answer({ flags: { ...asked().flags, qr: true, tc: true } })), 'tcp to 0 for 100')
  })

  it('goes round the servers, waits longer each round, and gives up', () => {
    const traits = { edns: true, mixedCase: false }
    const { query, answer } = ask({ servers: [traits, { ...traits }], tries: 3, maxTimeoutMs: 250 })
    assert.equal(kindOf(query.expire()), 'udp to 1 for 100')
    query.writePacket(2, undefined)
    assert.equal(kindOf(query.fail('ECONNREFUSED')), 'udp to 0 for 200')
    assert.equal(kindOf(answer({ rcode: 2, answers: [] })), 'udp to 1 for 200')
    assert.equal(kindOf(query.expire()), 'udp to 0 for 250')
    assert.equal(kindOf(query.expire()), 'udp to 1 for 250')
    assert.equal(kindOf(query.expire()), 'ETIMEOUT')
  })

  it('leaves out a part of the wait by chance once it has doubled, and never waits less than at first', () => {
    const waits = (jitter: number, maxTimeoutMs = 0) => {
      const { query, first } = ask({ tries: 4, jitter, maxTimeoutMs })
      return [first, query.expire(), query.expire(), query.expire()].map(step => step.kind === 'send' && step.timeoutMs)
    }
    assert.deepEqual(waits(0), [100, 200, 400, 800])
    assert.deepEqual(waits(0.5), [100, 150, 300, 600])
    assert.deepEqual(waits(1), [100, 100, 200, 400])
    assert.deepEqual(waits(1, 150), [100, 100, 100, 100])
  })

  it('knows its name in answers however it was written', () => {
    for (const name of ['a.test.', '\\097.test', 'A.TEST']) {
      const query = new Query(name, 'A', { ...{ first: 0, tries: 1, timeoutMs: 100, maxTimeoutMs: 0 }, servers })
      query.start()
      const asked = readMessage(query.writePacket(1, undefined))
      const answers = [{ name: 'a.test', ...address }]
      const step = query.receive(writeMessage({ ...asked, flags: { ...asked.flags, qr: true }, answers }))
      assert.equal(kindOf(step), 'records', name)
    }
  })

  it('ends with what the last server said', () => {
    for (const [rcode, code] of [
      [1, 'EFORMERR'],
      [3, 'ENOTFOUND'],
    ] as const) {
      assert.equal(kindOf(ask({ servers: [{ edns: false, mixedCase: false }] }).answer({ rcode, answers: [] })), code)
    }
    for (const [rcode, code] of [
      [2, 'ESERVFAIL'],
      [4, 'ENOTIMP'],
      [5, 'EREFUSED'],
    ] as const) {
      const options = { tries: 1, servers: [{ edns: false, mixedCase: false }] }
      assert.equal(kindOf(ask(options).answer({ rcode, answers: [] })), code)
    }
  })

  it('follows aliases within an answer, and asks on where they leave it', () => {
    const { answer, resend } = ask()
    const alias = { name: 'a.test', type: 'CNAME', class: 1, ttl: 5, target: 'b.test' } as const
    assert.equal(kindOf(answer({ answers: [alias, { name: 'b.test', ...address }] })), 'records')
    assert.equal(kindOf(answer({ answers: [alias] })), 'udp to 0 for 100')
    assert.equal(resend().questions[0]?.name, 'b.test')
    assert.equal(kindOf(answer()), 'records')
  })

  it('gives up on aliases that lead on and on', () => {
    const { answer, resend } = ask()
    let step: Step | undefined
    for (let i = 0; i <= MAX_ALIASES; i++) {
      const name = resend().questions[0]?.name ?? ''
      step = answer({ answers: [{ name, type: 'CNAME', class: 1, ttl: 5, target: `n${i}.test` }] })
    }
    assert.equal(kindOf(step), 'EBADRESP')
    const circle = { type: 'CNAME', class: 1, ttl: 5 } as const
    const answers = [
      { ...circle, name: 'a.test', target: 'b.test' },
      { ...circle, name: 'b.test', target: 'a.test' },
    ]
    assert.equal(kindOf(ask().answer({ answers })), 'EBADRESP')
  })

  it('tries on when an answer is broken', () => {
    const { query } = ask({ tries: 2 })
    const broken = query.writePacket(1, undefined).slice()
    broken[2] = 0x81
    broken[7] = 9
    assert.equal(kindOf(query.receive(broken)), 'udp to 0 for 200')
    assert.equal(kindOf(query.receive(broken)), 'EBADRESP')
  })

  it('refuses names that no message can hold', () => {
    for (const name of ['a..b', `${'x'.repeat(64)}.test`, 'x.'.repeat(128)]) {
      const servers = [{ edns: true, mixedCase: false }]
      const query = new Query(name, 'A', { servers, first: 0, tries: 1, timeoutMs: 1, maxTimeoutMs: 0 })
      assert.equal(kindOf(query.start()), 'EBADNAME')
    }
  })

  it('throws at no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, withQuestion) => {
        const { query } = ask()
        const packet = withQuestion
          ? Uint8Array.from([...query.writePacket(1, undefined).slice(0, 24), ...bytes])
          : bytes
        if (packet.length > 2) packet[2] = (packet[2] as number) | 0x80
        query.receive(packet)
      }),
    )
  })
})
