// Certificates, revocation lists, PKCS#12 files, PEM and whole chains, against noise and damage.
//   node dist/test/fuzz/x509.js [inputs] [seed]
// Bytes are read, or refused with an error of ours; what is read is judged, and a chain that was changed is never trusted
// unless its bytes are the same. Anything else ends the run, with the input in hexadecimal.

import { generateKeyPairSync } from 'node:crypto'
import { UnsupportedAlgorithm } from '../../src/crypto/certificate-crypto.ts'
import { nodeCertificateCrypto, nodePasswordCrypto } from '../../src/crypto/node/node-x509.ts'
import { Certificate } from '../../src/tls/x509/certificate.ts'
import { Crl } from '../../src/tls/x509/crl.ts'
import { DerError } from '../../src/tls/x509/der.ts'
import { verifyChain } from '../../src/tls/x509/path/chain.ts'
import { TrustedSet } from '../../src/tls/x509/path/trusted-set.ts'
import { parsePem } from '../../src/tls/x509/pem.ts'
import { readPfx, WrongPassword } from '../../src/tls/x509/pkcs12.ts'
import * as make from '../support/certificates.ts'

export interface FuzzCount {
  read: number
  refused: number
  trusted: number
}

type Chance = (below: number) => number

interface Sample {
  readonly bytes: Uint8Array
  /** @returns whether a peer would be trusted for it */
  readonly read: (bytes: Uint8Array) => boolean
}

/** @throws what should not have been thrown, or an Error that says which damage was believed */
export function fuzzX509(runs: number, seed: number): FuzzCount {
  const chance = chanceFrom(seed)
  const samples = makeSamples()
  const count: FuzzCount = { read: 0, refused: 0, trusted: 0 }
  for (let run = 0; run < runs; run++) {
    const { bytes, read } = samples[chance(samples.length)] as Sample
    let input = Uint8Array.from(bytes)
    if (chance(16) === 0) input = Uint8Array.from({ length: chance(80) }, () => chance(256))
    else for (let damages = chance(4); damages > 0; damages--) input = damage(input, samples, chance)
    try {
      const isTrusted = read(input)
      count.read++
      if (isTrusted) count.trusted++
      if (isTrusted && Buffer.compare(input, bytes) !== 0) throw new Error('a changed certificate was trusted')
    } catch (error) {
      const isOurs = [DerError, WrongPassword, UnsupportedAlgorithm].some(kind => error instanceof kind)
      if (!isOurs)
        throw new Error(`run ${run} of seed ${seed}: ${Buffer.from(input).toString('hex')}`, { cause: error })
      count.refused++
    }
  }
  return count
}

function makeSamples(): Sample[] {
  const root = make.certificate({
    subject: [
      ['O', 'Example'],
      ['CN', 'Root'],
    ],
    extensions: [make.basicConstraints(true), make.keyUsage(5, 6)],
  })
  const middle = make.certificate({
    subject: [['CN', 'Middle']],
    issuer: root,
    key: make.newRsaKey(2048),
    extensions: [
      make.basicConstraints(true, 0),
      make.keyUsage(5, 6),
      make.nameConstraints([make.dns('example')], [make.ip(10, 0, 0, 0, 255, 0, 0, 0)]),
    ],
  })
  const leaf = make.certificate({
    subject: [
      ['CN', 'a.example'],
      ['emailAddress', 'me@example'],
    ],
    issuer: middle,
    extensions: [
      make.altNames(
        make.dns('a.example'),
        make.ip(127, 0, 0, 1),
        make.uri('https://a.example/'),
        make.email('me@example'),
        make.directory([['CN', 'x']]),
      ),
      make.extKeyUsage(make.serverAuth, make.clientAuth),
      make.keyUsage(0),
    ],
  })
  // Reached by the second way that there is, or not at all.
  const crossParts = {
    subject: [['CN', 'Cross']],
    key: make.newKey(),
    extensions: [make.basicConstraints(true)],
  } as const
  const deadEnd = make.certificate({ ...crossParts, issuer: { subject: [['CN', 'Nobody']], key: make.newKey() } })
  const cross = make.certificate({ ...crossParts, issuer: root })
  const crossed = make.certificate({ subject: [['CN', 'x']], issuer: cross })
  const edwards = make.certificate({ subject: [['CN', 'x']], key: generateKeyPairSync('ed25519').privateKey })
  const list = make.crl({
    issuer: root,
    revoked: [1, 2, 70_000],
    extensions: [make.extension('2.5.29.20', make.integer(5))],
  })
  const trusted = new TrustedSet()
  trusted.add(new Certificate(root.der))
  const [middleRead, leafRead] = [new Certificate(middle.der), new Certificate(leaf.der)]
  const [deadEndRead, crossRead, crossedRead] = [deadEnd, cross, crossed].map(one => new Certificate(one.der)) as [
    Certificate,
    Certificate,
    Certificate,
  ]
  const policy = { purpose: 'server', securityLevel: 1, allowPartialChain: false } as const
  const isTrusted = (chain: Certificate[]) =>
    verifyChain(chain, trusted, policy, Date.now(), nodeCertificateCrypto).problems.length === 0
  return [
    { bytes: leaf.der, read: bytes => isTrusted([new Certificate(bytes), middleRead]) },
    { bytes: middle.der, read: bytes => isTrusted([leafRead, new Certificate(bytes)]) },
    { bytes: cross.der, read: bytes => isTrusted([crossedRead, deadEndRead, new Certificate(bytes)]) },
    { bytes: crossed.der, read: bytes => isTrusted([new Certificate(bytes), deadEndRead, crossRead]) },
    { bytes: edwards.der, read: bytes => isTrusted([new Certificate(bytes)]) },
    {
      bytes: list.der,
      read: bytes => {
        const withList = trusted.clone()
        withList.addCrl(new Crl(bytes))
        verifyChain([middleRead], withList, policy, Date.now(), nodeCertificateCrypto)
        return false
      },
    },
    { bytes: pfxOf(leaf), read: bytes => readPfx(bytes, Buffer.from(''), nodePasswordCrypto).keys.length < 0 },
    {
      bytes: Buffer.from(`noise\n${leaf.pem}${leaf.keyPem}`),
      read: bytes => parsePem(Buffer.from(bytes).toString('latin1')).length < 0,
    },
  ]
}

/** Without encryption and MAC: damage reaches all of it. */
function pfxOf(own: make.Issued): Buffer {
  const bag = (id: string, value: Uint8Array) =>
    make.sequence(make.oid(`1.2.840.113549.1.12.10.1.${id}`), make.element(0xa0, value))
  const certificate = make.sequence(make.oid('1.2.840.113549.1.9.22.1'), make.element(0xa0, make.octets(own.der)))
  const data = (inner: Buffer) =>
    make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, make.octets(inner)))
  const key = own.key.export({ format: 'der', type: 'pkcs8' })
  return make.sequence(make.integer(3), data(make.sequence(data(make.sequence(bag('3', certificate), bag('1', key))))))
}

function damage(bytes: Uint8Array<ArrayBuffer>, samples: readonly Sample[], chance: Chance): Uint8Array<ArrayBuffer> {
  const at = chance(bytes.length + 1)
  switch (chance(6)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return Uint8Array.of(...bytes.subarray(0, at), chance(256), ...bytes.subarray(at))
    case 2:
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1 + chance(8)))
    case 3: {
      const other = (samples[chance(samples.length)] as Sample).bytes
      const start = chance(other.length)
      return Uint8Array.of(
        ...bytes.subarray(0, at),
        ...other.subarray(start, start + chance(64)),
        ...bytes.subarray(at),
      )
    }
    default: {
      const changed = bytes.slice()
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << chance(8))
      return changed
    }
  }
}

/** Numbers below a bound, the same for the same seed. */
function chanceFrom(seed: number): Chance {
  let state = seed >>> 0 || 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

if (process.argv[1]?.endsWith('x509.js')) {
  console.log(fuzzX509(Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? Date.now() % 2 ** 31)))
}
