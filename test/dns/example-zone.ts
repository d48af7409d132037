// A zone with everything: what the tests of the name server and of the resolvers ask for.

import { Zone } from '../../src/dns-server/zone.ts'
import { parseZoneFile } from '../../src/dns-server/zone-file.ts'

export const exampleZoneText = `
$ORIGIN example.test.
$TTL 1h
@           IN SOA ns hostmaster (
                2026112101 ; serial
                2h 10m 1w
                60 )       ; minimum
            NS    ns
            NS    ns2.other.test.
            MX    10 mail
            MX    20 mail.other.test.
            TXT   "v=spf1 -all" "second \\"string\\""
            CAA   0 issue "ca.test"
            CAA   128 iodef "mailto:a@example.test"
            A     192.0.2.1
            AAAA  2001:db8::1
ns          A     192.0.2.53
mail   300  A     192.0.2.25
mail   300  AAAA  2001:db8::25
www         CNAME example.test.
alias       CNAME www
away        CNAME host.elsewhere.test.
dangling    CNAME nothing
loop        CNAME loop2
loop2       CNAME loop
*.wild      A     192.0.2.99
*.wild      TXT   wild
here.wild   TXT   here
below.empty A     192.0.2.7
sub         NS    ns.sub
ns.sub      A     192.0.2.54
_sip._udp   SRV   1 2 5060 mail
naptr       NAPTR 100 10 "S" "SIP+D2U" "!^.*$!sip:a@example.test!" _sip._udp
_443._tcp   TLSA  3 1 1 ( d2abde240d7cd3ee6b4b28c54df034b9
                          7983a1d16e8a410e4561cb106618e971 )
https       HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1
svcb        SVCB  0 https
unknown     TYPE65280 \\# 3 00 01ff
1           PTR   www
nullmx      MX    0 .
odd\\.label  A     192.0.2.8
sp\\032ace   A     192.0.2.9
CaSe        A     192.0.2.10
`

export function exampleZone(): Zone {
  const records = parseZoneFile(exampleZoneText)
  const many = Array.from({ length: 300 }, (_, i) => `many A 198.51.${100 + (i >> 8)}.${i & 0xff}`)
  const medium = Array.from({ length: 40 }, (_, i) => `medium A 203.0.113.${i}`)
  const long = Array.from({ length: 12 }, (_, i) => `long TXT "${String(i).padStart(2, '0').repeat(100)}"`)
  const more = parseZoneFile(`$TTL 60\n${[...many, ...medium, ...long].join('\n')}`, { origin: 'example.test' })
  return new Zone([...records, ...more])
}
