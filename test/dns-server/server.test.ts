// The name server over UDP and TCP, on both hosts: node:dns, dig, and raw connections ask it.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { FrameReader, frameMessage } from '../../src/dns/wire/framing.ts'
import { type Message, readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import { DnsServer, type DnsServerOptions } from '../../src/dns-server/server.ts'
import { IDLE_TIMEOUT_MS, MAX_CONNECTIONS } from '../../src/dns-server/server-limits.ts'
import { MemoryHost, osHost, silentSink } from '../../src/host/index.ts'
import type { Connection, Endpoint, Host } from '../../src/host/types.ts'
import { askUdp } from '../dns/clients.ts'
import { exampleZone } from '../dns/example-zone.ts'
import { queryFor } from '../dns/messages.ts'

async function serve(host: Host, options: DnsServerOptions = {}) {
  const server = host.run(() => new DnsServer({ zones: [exampleZone()], ...options }))
  const at = await server.listen()
  return { server, at, [Symbol.asyncDispose]: () => server.close() }
}

/** A client that says what it is told; all that comes back, and when the connection ended. */
class TcpClient {
  readonly answers: Message[] = []
  readonly connection: Connection
  readonly closed: Promise<void>
  #wanted = 0
  #onAnswers = () => {}

  constructor(host: Host, at: Endpoint) {
    const frames = new FrameReader()
    let onClosed = () => {}
    this.closed = new Promise(resolve => {
      onClosed = resolve
    })
    this.connection = host.connect(
      { kind: 'tcp', address: at.address, port: at.port },
      {
        ...silentSink,
        onConnect: () => this.connection.resume(),
        onData: chunk => {
          for (const message of frames.receive(chunk)) this.answers.push(readMessage(message))
          if (this.answers.length >= this.#wanted) this.#onAnswers()
        },
        onEnd: () => this.connection.end(),
        onClose: () => onClosed(),
      },
    )
  }

  answered(count: number): Promise<void> {
    if (this.answers.length >= count) return Promise.resolve()
    this.#wanted = count
    return new Promise(resolve => {
      this.#onAnswers = resolve
    })
  }
}

// Connections in memory keep no process alive; these tests do.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

for (const host of [osHost, new MemoryHost()] as Host[]) {
  describe(`the name server (${host.name})`, () => {
    it('answers over UDP, and over TCP what was too long', async () => {
      await using served = await serve(host)
      const short = readMessage(await askUdp(host, served.at, writeMessage(queryFor('www.example.test', 'A'))))
      assert.equal(short.answers.length, 2)
      const cut = readMessage(await askUdp(host, served.at, writeMessage(queryFor('many.example.test', 'A'))))
      assert.equal(cut.flags.tc, true)
      const client = new TcpClient(host, served.at)
      client.connection.write(frameMessage(writeMessage(queryFor('many.example.test', 'A'))))
      await client.answered(1)
      assert.equal(client.answers[0]?.answers.length, 300)
      assert.equal(client.answers[0]?.flags.tc, false)
      client.connection.destroy()
    })

    it('answers many questions of one connection, in pieces or at once, and to its end', async () => {
      await using served = await serve(host)
      const client = new TcpClient(host, served.at)
      const ids = Array.from({ length: 200 }, (_, id) => id)
      const stream = Buffer.concat(
        ids.map(id => frameMessage(writeMessage({ ...queryFor('many.example.test', 'A'), id }))),
      )
      for (let at = 0; at < 100; at++) client.connection.write(stream.subarray(at, at + 1))
      client.connection.write(stream.subarray(100))
      client.connection.end()
      await client.closed
      assert.deepEqual(
        client.answers.map(answer => answer.id),
        ids,
      )
      assert.equal(served.server.connectionCount, 0)
    })

    it('closes connections past the limit, idle ones, and all when it closes', async () => {
      const { server, at } = await serve(host, { maxConnections: 2, idleTimeoutMs: 200 })
      assert.ok(MAX_CONNECTIONS > 2 && IDLE_TIMEOUT_MS > 200)
      const [first, second] = [new TcpClient(host, at), new TcpClient(host, at)]
      for (const client of [first, second]) {
        client.connection.write(frameMessage(writeMessage(queryFor('example.test', 'A'))))
        await client.answered(1)
      }
      await new TcpClient(host, at).closed
      // Half a message is no sign of life.
      first.connection.write(Uint8Array.of(0, 9, 1))
      await Promise.all([first.closed, second.closed])
      const last = new TcpClient(host, at)
      last.connection.write(frameMessage(writeMessage(queryFor('example.test', 'A'))))
      await last.answered(1)
      await server.close()
      await last.closed
    })

    it('gives what its responder says, and nothing where that says nothing', async () => {
      const froms: string[] = []
      await using served = await serve(host, {
        responder: {
          respond(query, transport, from) {
            froms.push(`${transport} ${from?.address}`)
            const { questions, ...rest } = readMessage(query)
            if (questions[0]?.name === 'silent') return undefined
            return writeMessage({ ...rest, questions, flags: { ...rest.flags, qr: true } })
          },
        },
      })
      const client = new TcpClient(host, served.at)
      for (const name of ['silent', 'loud']) client.connection.write(frameMessage(writeMessage(queryFor(name, 'A'))))
      await client.answered(1)
      assert.equal(client.answers[0]?.questions[0]?.name, 'loud')
      assert.deepEqual(froms, ['tcp 127.0.0.1', 'tcp 127.0.0.1'])
      client.connection.destroy()
    })
  })
}

describe('the name server and node:dns', () => {
  async function resolver(at: Endpoint): Promise<Resolver> {
    const one = new Resolver({ timeout: 2000, tries: 1 })
    one.setServers([`${at.address}:${at.port}`])
    return one
  }

  /** Newer runtimes say the type in each record. */
  const untyped = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, one) => (key === 'type' ? undefined : one)))

  it('agree on every record type', async () => {
    await using served = await serve(osHost)
    const ask = await resolver(served.at)
    assert.deepEqual(await ask.resolve4('alias.example.test', { ttl: true }), [{ address: '192.0.2.1', ttl: 3600 }])
    assert.deepEqual(await ask.resolve6('example.test'), ['2001:db8::1'])
    assert.deepEqual(await ask.resolveCname('www.example.test'), ['example.test'])
    assert.deepEqual(await ask.resolveNs('example.test'), ['ns.example.test', 'ns2.other.test'])
    assert.deepEqual(untyped(await ask.resolveMx('example.test')), [
      { exchange: 'mail.example.test', priority: 10 },
      { exchange: 'mail.other.test', priority: 20 },
    ])
    assert.deepEqual(untyped(await ask.resolveMx('nullmx.example.test')), [{ exchange: '', priority: 0 }])
    assert.deepEqual(await ask.resolveTxt('example.test'), [['v=spf1 -all', 'second "string"']])
    assert.deepEqual(untyped(await ask.resolveSrv('_sip._udp.example.test')), [
      { name: 'mail.example.test', port: 5060, priority: 1, weight: 2 },
    ])
    assert.deepEqual(untyped(await ask.resolveNaptr('naptr.example.test')), [
      {
        flags: 'S',
        service: 'SIP+D2U',
        regexp: '!^.*$!sip:a@example.test!',
        replacement: '_sip._udp.example.test',
        order: 100,
        preference: 10,
      },
    ])
    assert.deepEqual(untyped(await ask.resolveCaa('example.test')), [
      { critical: 0, issue: 'ca.test' },
      { critical: 128, iodef: 'mailto:a@example.test' },
    ])
    assert.deepEqual(untyped(await ask.resolveSoa('example.test')), {
      nsname: 'ns.example.test',
      hostmaster: 'hostmaster.example.test',
      serial: 2026112101,
      refresh: 7200,
      retry: 600,
      expire: 604800,
      minttl: 60,
    })
    assert.deepEqual(await ask.resolvePtr('1.example.test'), ['www.example.test'])
    assert.equal((await ask.resolveAny('example.test')).length, 10)
    assert.equal((await ask.resolve4('many.example.test')).length, 300)
    await assert.rejects(ask.resolve4('nothing.example.test'), { code: 'ENOTFOUND' })
    await assert.rejects(ask.resolveMx('mail.example.test'), { code: 'ENODATA' })
    await assert.rejects(ask.resolve4('elsewhere.test'), { code: 'EREFUSED' })
  })
})

const hasDig = spawnSync('dig', ['-v']).error === undefined

describe('the name server and dig', { skip: hasDig ? false : 'dig is not installed' }, () => {
  const run = promisify(execFile)
  async function dig(at: Endpoint, ...args: string[]): Promise<string> {
    const { stdout } = await run('dig', [`@${at.address}`, '-p', String(at.port), '+tries=1', ...args])
    return stdout
  }

  it('agree on every record of the zone, as text', async () => {
    await using served = await serve(osHost)
    const cases: [string, string, string[]][] = [
      ['example.test', 'MX', ['10 mail.example.test.', '20 mail.other.test.']],
      ['example.test', 'TXT', ['"v=spf1 -all" "second \\"string\\""']],
      ['example.test', 'CAA', ['0 issue "ca.test"', '128 iodef "mailto:a@example.test"']],
      ['example.test', 'SOA', ['ns.example.test. hostmaster.example.test. 2026112101 7200 600 604800 60']],
      ['_sip._udp.example.test', 'SRV', ['1 2 5060 mail.example.test.']],
      ['naptr.example.test', 'NAPTR', ['100 10 "S" "SIP+D2U" "!^.*$!sip:a@example.test!" _sip._udp.example.test.']],
      ['_443._tcp.example.test', 'TLSA', ['3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB10 6618E971']],
      ['https.example.test', 'HTTPS', ['1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1']],
      ['svcb.example.test', 'SVCB', ['0 https.example.test.']],
      ['unknown.example.test', 'TYPE65280', ['\\# 3 0001FF']],
      ['odd\\.label.example.test', 'A', ['192.0.2.8']],
      ['sp\\032ace.example.test', 'A', ['192.0.2.9']],
      ['example.test', 'AAAA', ['2001:db8::1']],
      ['alias.example.test', 'A', ['www.example.test.', 'example.test.', '192.0.2.1']],
    ]
    for (const [name, type, expected] of cases) {
      const out = await dig(served.at, '+short', name, type)
      assert.deepEqual(out.trim().split('\n'), expected, `${name} ${type}`)
    }
  })

  it('agree on sizes, truncation, EDNS and errors', async () => {
    await using served = await serve(osHost)
    const cut = await dig(served.at, '+ignore', '+noedns', 'many.example.test')
    assert.match(cut, /flags: qr aa tc rd;/)
    assert.match(cut, /MSG SIZE {2}rcvd: (49\d|50\d|51[0-2])\n/)
    const tcp = await dig(served.at, 'many.example.test')
    assert.match(tcp, /Truncated, retrying in TCP mode/)
    assert.match(tcp, /ANSWER: 300,/)
    const edns = await dig(served.at, '+dnssec', '+bufsize=4096', 'medium.example.test')
    assert.match(edns, /ANSWER: 40,/)
    assert.match(edns, /EDNS: version: 0, flags: do; udp: 1232/)
    assert.match(await dig(served.at, '+edns=1', '+noednsneg', 'example.test'), /status: BADVERS/)
    assert.match(await dig(served.at, 'nothing.example.test'), /status: NXDOMAIN.*\n.*\n|SOA/)
    assert.match(await dig(served.at, '+opcode=UPDATE', 'example.test'), /status: NOTIMP/)
    assert.match(await dig(served.at, 'AXFR', 'example.test'), /Transfer failed/)
    assert.match(
      await dig(served.at, 'x.sub.example.test'),
      /flags: qr rd;[\s\S]*AUTHORITY SECTION[\s\S]*ns\.sub\.example\.test\.\s+3600\s+IN\s+A/,
    )
    assert.match(
      await dig(served.at, '+keepopen', '+tcp', 'example.test', 'NS', '+noall', '+answer'),
      /ns2\.other\.test/,
    )
  })
})
