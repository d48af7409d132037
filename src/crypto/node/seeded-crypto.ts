// The cryptography of a host with a seed: key shares are drawn from the host's random bytes, so that a handshake on a
// simulated network is the same each time. Such a host's keys are predictable, and not secret. Signatures are the runtime's:
// those of Ed25519 are deterministic, those of ECDSA and RSA-PSS are not.

import { createPrivateKey } from 'node:crypto'
import { type NamedGroup, X25519, X25519MLKEM768 } from '../named-groups.ts'
import type { CryptoProvider, KeyShare } from '../provider.ts'
import { nodeCrypto } from './node-crypto.ts'
import { X25519Share } from './node-key-shares.ts'

export function seededCrypto(random: (size: number) => Uint8Array): CryptoProvider {
  const generateKeyShare = (group: NamedGroup): KeyShare =>
    group === X25519 ? x25519ShareOf(random(32)) : nodeCrypto.generateKeyShare(group)
  const answerKeyShare: CryptoProvider['answerKeyShare'] = (group, peerShare) => {
    if (group !== X25519) return nodeCrypto.answerKeyShare(group, peerShare)
    const share = generateKeyShare(group)
    const secret = share.agree(peerShare)
    return secret && { share: share.publicKey, secret }
  }
  // All else is inherited, and read from nodeCrypto on use: some of its properties take long to determine.
  return Object.assign(Object.create(nodeCrypto) as CryptoProvider, { generateKeyShare, answerKeyShare })
}

/** Groups whose shares can be seeded: for ML-KEM the runtime draws its own random bytes. */
export function seededGroups(groups: readonly NamedGroup[]): readonly NamedGroup[] {
  return groups.filter(group => group !== X25519MLKEM768)
}

function x25519ShareOf(secret: Uint8Array): KeyShare {
  const key = Buffer.concat([PKCS8_PREFIX, secret])
  return new X25519Share(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))
}

/** PrivateKeyInfo up to the 32 bytes: RFC 8410 section 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
