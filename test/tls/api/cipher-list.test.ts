// OpenSSL's language for suites, against what `openssl ciphers` makes of the same words.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { parseCipherList } from '../../../src/tls/api/cipher-list.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'

const ours = new Set(cipherSuites.filter(suite => suite.protocol === 0x0303).map(suite => suite.name))
const namesOf = (list: string): string[] => parseCipherList(list).tls12.map(suite => suite.name)

describe('a cipher list', () => {
  it('gives suites in the order of its words, and takes out what it says', () => {
    assert.deepEqual(namesOf('AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256'), ['AES128-SHA', 'ECDHE-RSA-AES128-GCM-SHA256'])
    assert.deepEqual(namesOf('ECDHE+AESGCM:!aECDSA'), ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256'])
  })

  it('sorts by strength where it says so, and what follows comes behind', () => {
    const list = 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:AES256-SHA:@STRENGTH:AES128-SHA:AES256-SHA256'
    assert.deepEqual(namesOf(list), [
      'ECDHE-RSA-CHACHA20-POLY1305',
      'AES256-SHA',
      'ECDHE-RSA-AES128-GCM-SHA256',
      'AES128-SHA',
      'AES256-SHA256',
    ])
  })

  it('has all suites of TLS 1.3 where it names none, and else those in its order', () => {
    const tls13 = (list: string) => parseCipherList(list).tls13.map(suite => suite.name)
    assert.deepEqual(tls13('HIGH').length, 3)
    const two = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384']
    assert.deepEqual(tls13(['HIGH', ...two].join(':')), two)
    assert.deepEqual(tls13('TLS_AES_128_CCM_SHA256'), [])
  })

  it('may have a command on a word', () => {
    assert.deepEqual(namesOf('RSA@SECLEVEL=0'), namesOf('RSA'))
  })
})

const lists = [
  ...['ALL', 'DEFAULT', 'HIGH', 'AES128:AES256', 'AES:+AES256', 'RSA:ECDHE', 'kECDHEPSK:PSK', 'SHA:SHA256:SHA384'],
  ...['SSLv3:TLSv1.2', 'ALL:-AES256:AES256', 'HIGH:!aNULL:!kRSA:!MD5:!RC4', 'AESGCM:!PSK', 'aRSA', 'aECDSA', 'aPSK'],
  ...['ECDHE-RSA-AES128-GCM-SHA256:HIGH:+SHA:+SHA256', 'TLSv1.0', 'TLSv1', 'kPSK', 'AES+SHA256', 'FIPS', 'ALL:+RSA'],
  ...['HIGH+kEECDH', 'AES256-SHA256:ALL:!aPSK', 'DEFAULT:!SHA1', 'EDH:ECDHE', 'DHE:ECDHE+SHA', 'ALL:-RSA:RSA'],
  ...['ALL:!ECDHE:ECDHE', 'AES128:+ECDHE:AES256:-SHA256:SHA256', 'AES256:AES128:!SHA384', 'RSA@SECLEVEL=0'],
  ...['ECDHE-RSA-AES256-SHA:-ECDHE:ECDHE', 'ALL;-ECDHE RSA,ECDHE', 'HIGH:@STRENGTH', 'AES128:AES256:@STRENGTH'],
  ...['ECDHE+AESGCM:ECDHE+CHACHA20:@STRENGTH', 'ALL:!PSK:@STRENGTH', 'RSA:ECDHE:@STRENGTH', 'CHACHA20:@STRENGTH:AES'],
  ...['CHACHA20:AES128:AES256+SHA:@STRENGTH', 'EECDH+aRSA+AES:@STRENGTH', 'AES128:@STRENGTH:-AES128:ALL'],
]

const skip = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

describe('openssl makes the same of', { skip }, () => {
  for (const list of lists) {
    it(list, () => {
      const { stdout } = spawnSync('openssl', ['ciphers', list], { encoding: 'utf8' })
      const theirs = stdout.trim().split(':')
      assert.deepEqual(
        namesOf(list),
        theirs.filter(name => ours.has(name)),
      )
    })
  }
})
