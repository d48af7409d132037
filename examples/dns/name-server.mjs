// A name server for a zone of its own, over UDP and TCP: plainwire run name-server.mjs [port]

import { DnsServer, describeZone } from 'plainwire/dns-server'

const forward = describeZone({
  origin: 'archive.test',
  records: {
    '@': { NS: 'ns', A: ['192.0.2.1', '192.0.2.2'], AAAA: '2001:db8::1', MX: { preference: 10, exchange: 'mail' } },
    ns: { A: '127.0.0.1' },
    mail: { A: '192.0.2.25' },
    www: { CNAME: '@' },
    text: { TXT: ['v=one', ['in ', 'two parts']] },
    '_sip._udp': { SRV: { priority: 1, weight: 2, port: 5060, target: 'mail' } },
  },
})
const reverse = describeZone({
  origin: '2.0.192.in-addr.arpa',
  records: { '@': { NS: 'ns.archive.test.' }, 1: { PTR: 'archive.test.' }, 2: { PTR: 'other.archive.test.' } },
})

const server = new DnsServer({ zones: [forward, reverse] })
const { address, port } = await server.listen({ port: Number(process.argv[2] ?? 5353) })
console.log(`name server: listening on ${address}:${port}`)
