// Zone files: RFC 1035 section 5, RFC 2308 section 4, RFC 3597 section 5.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CH, IN } from '../../src/dns/wire/types.ts'
import { parseZoneFile } from '../../src/dns-server/zone-file.ts'

const parse = (text: string) => parseZoneFile(text, { origin: 'test' })
const values = (text: string) => parse(`$TTL 1\n${text}`).map(({ name: _, class: __, ttl: ___, ...data }) => data)
const failure = (text: string) => {
  try {
    parse(text)
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

describe('parseZoneFile', () => {
  it('reads the example of the standard', () => {
    // RFC 1035 section 5.3, with SOA numbers of ours and the class left out in places.
    const records = parseZoneFile(
      `
@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        MX      10      VENERA
        MX      20      VAXA
A       A       26.3.0.103
VENERA  A       10.1.0.52
        A       128.9.0.32
`,
      { origin: 'ISI.EDU.' },
    )
    assert.deepEqual(
      records.map(record => `${record.name} ${record.type} ${record.ttl}`),
      [
        'ISI.EDU SOA 60',
        'ISI.EDU NS 60',
        'ISI.EDU MX 60',
        'ISI.EDU MX 60',
        'A.ISI.EDU A 60',
        'VENERA.ISI.EDU A 60',
        'VENERA.ISI.EDU A 60',
      ],
    )
    const [soa] = records
    assert.ok(soa?.type === 'SOA')
    assert.deepEqual([soa.mname, soa.rname, soa.expire], ['VENERA.ISI.EDU', 'Action\\.domains.ISI.EDU', 3600000])
  })

  it('takes time to live and class in either order, units, and the last of each where they are left out', () => {
    const records = parse(
      'a 5 IN A 192.0.2.1\nb IN 1m30s A 192.0.2.1\nc CH TXT x\nd TXT x\n$TTL 1w2d3h\ne CLASS1 A 192.0.2.1',
    )
    assert.deepEqual(
      records.map(({ ttl, class: one }) => [ttl, one]),
      [
        [5, IN],
        [90, IN],
        [90, CH],
        [90, CH],
        [788400, IN],
      ],
    )
  })

  it('keeps to $ORIGIN, @, dots at the end, and one way to escape', () => {
    const text =
      '$TTL 1\n@ A 192.0.2.1\n$ORIGIN sub\nx A 192.0.2.1\ny.other. A 192.0.2.1\n$ORIGIN .\nz A 192.0.2.1\na\\046b\\097 A 192.0.2.1'
    assert.deepEqual(
      parse(text).map(record => record.name),
      ['test', 'x.sub.test', 'y.other', 'z', 'a\\.ba'],
    )
  })

  it('reads texts with quotes, escapes, spaces, comments and other alphabets', () => {
    assert.deepEqual(values('a TXT "a;b (c)" d\\;e "\\"\\092\\200" "" grün ; comment'), [
      { type: 'TXT', strings: ['a;b (c)', 'd;e', '"\\\xc8', '', 'gr\xc3\xbcn'] },
    ])
  })

  it('reads each type, by name, by number and in the general form', () => {
    const bytes = (...list: number[]) => Uint8Array.from(list)
    assert.deepEqual(
      values(`
a A 192.0.2.1
a TYPE1 \\# 4 c0000201
a AAAA 2001:DB8:0::1
a TYPE65280 \\# 2 0a 0b
a TYPE65280 \\# 0
a SRV 1 2 3 .
a CAA 0 issue "a b"
a TLSA 3 1 1 ab cd
a NAPTR 1 2 "" "" "!a\\\\b!" .
a SVCB 1 x mandatory=alpn alpn="h2,a\\\\,b" key7="a\\001" ech=AQI= no-default-alpn
a HTTPS 0 .`),
      [
        { type: 'A', address: '192.0.2.1' },
        { type: 'A', address: '192.0.2.1' },
        { type: 'AAAA', address: '2001:db8::1' },
        { type: 'TYPE65280', data: bytes(10, 11) },
        { type: 'TYPE65280', data: bytes() },
        { type: 'SRV', priority: 1, weight: 2, port: 3, target: '' },
        { type: 'CAA', flags: 0, tag: 'issue', value: 'a b' },
        { type: 'TLSA', usage: 3, selector: 1, matchingType: 1, data: bytes(0xab, 0xcd) },
        { type: 'NAPTR', order: 1, preference: 2, flags: '', services: '', regexp: '!a\\b!', replacement: '' },
        {
          type: 'SVCB',
          priority: 1,
          target: 'x.test',
          params: [
            { key: 'mandatory', keys: ['alpn'] },
            { key: 'alpn', ids: ['h2', 'a,b'] },
            { key: 'key7', data: bytes(0x61, 1) },
            { key: 'ech', config: bytes(1, 2) },
            { key: 'no-default-alpn' },
          ],
        },
        { type: 'HTTPS', priority: 0, target: '', params: [] },
      ],
    )
  })

  it('names the line that is wrong', () => {
    const cases: [string, string][] = [
      ['$TTL 1\n$INCLUDE other', 'line 2: $INCLUDE is not allowed'],
      ['$GENERATE 1-2 a A 1', 'line 1: unknown directive $GENERATE'],
      ['\na A 192.0.2.1', 'line 2: a record without a time to live, and no $TTL before it'],
      [' A 192.0.2.1', 'line 1: a record without an owner'],
      ['a 1', 'line 1: a record without a type'],
      ['a 1 WHAT x', "line 1: unknown record type 'WHAT'"],
      ['a 1 A 192.0.2.1 x', "line 1: 'x' is more than the record holds"],
      ['a 1 A 192.0.2.01', "line 1: '192.0.2.01' is no IPv4 address"],
      ['a 1 MX 10', 'line 1: a record that is cut short'],
      ['a 1 MX 65536 b', "line 1: '65536' is no number from 0 to 65535"],
      ['a 1 TXT (\n"x"\n', "line 1: a '(' without its ')'"],
      ['a 1 TXT x )', "line 1: a ')' without its '('"],
      ['a 1 TXT "x\n"', 'line 1: a text without its closing quote'],
      [`a 1 CNAME ${'x'.repeat(64)}`, 'line 1: label over 63 bytes'],
      ['a 1 CNAME b..c', "line 1: empty label in the name 'b..c.test'"],
      ['a 1 TYPE1 \\# 3 c00002', 'line 1: 4 bytes past the end'],
      ['a 1 TYPE65280 \\# 3 00', 'line 1: 1 bytes where \\# says 3'],
      ['a 1 TYPE65280 00', 'line 1: data of TYPE65280 has to be given as \\# length hexadecimal'],
      ['a 1 SVCB 1 . port=x', "line 1: 'x' is no port"],
      ['a 1 SVCB 1 . what=x', "line 1: 'what' is no service parameter"],
    ]
    for (const [text, expected] of cases) assert.equal(failure(text), expected, text)
    assert.throws(() => parseZoneFile('a 1 A 192.0.2.1'), /'a' is relative, and there is no origin/)
  })
})
