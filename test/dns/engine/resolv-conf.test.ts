import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseResolvConf } from '../../../src/dns/engine/resolv-conf.ts'
import { reverseName } from '../../../src/dns/engine/reverse-name.ts'
import { parseServer } from '../../../src/dns/engine/server-address.ts'

describe('parseResolvConf', () => {
  it('reads what resolv.conf(5) has, and passes over the rest', () => {
    const text = `# comment
nameserver 192.0.2.1 ; first
nameserver 2001:db8::1
domain old.test
search a.test b.test
options ndots:2 timeout:3 attempts:9 rotate edns0 ndots:x
lookup file bind`
    assert.deepEqual(parseResolvConf(text), {
      nameServers: ['192.0.2.1', '2001:db8::1'],
      search: ['a.test', 'b.test'],
      ...{ ndots: 2, timeoutMs: 3000, attempts: 5, rotate: true },
    })
  })

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), text => void parseResolvConf(text)))
  })
})

describe('reverseName', () => {
  it('turns addresses round', () => {
    assert.equal(reverseName('192.0.2.1'), '1.2.0.192.in-addr.arpa')
    assert.equal(reverseName('2001:db8::1'), `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`)
    assert.equal(reverseName('no.address'), undefined)
  })
})

describe('parseServer', () => {
  it('refuses what is no address', () => {
    for (const text of ['', 'a', '1.2.3', '[::1', '192.0.2.1:x', ':53']) assert.equal(parseServer(text), undefined)
  })
})
