// The traces of RFC 8448 as steps, and its key shares.

import { createECDH, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { P256 } from '../../../src/crypto/named-groups.ts'
import { X25519Share } from '../../../src/crypto/node/node-key-shares.ts'
import type { KeyShare } from '../../../src/crypto/provider.ts'

export type TraceName =
  | 'simple-1-rtt'
  | 'resumed-0-rtt'
  | 'hello-retry-request'
  | 'client-authentication'
  | 'compatibility-mode'

export const traces: readonly (readonly [section: number, name: TraceName])[] = [
  [3, 'simple-1-rtt'],
  [4, 'resumed-0-rtt'],
  [5, 'hello-retry-request'],
  [6, 'client-authentication'],
  [7, 'compatibility-mode'],
]

export type Side = 'client' | 'server'

/** One step of the RFC: who, what in the RFC's words, and values by the RFC's names. */
export class Step {
  readonly side: Side
  readonly step: string
  readonly #values: Readonly<Record<string, string>>

  constructor(values: Readonly<Record<string, string>>) {
    this.side = values['side'] === 'client' ? 'client' : 'server'
    this.step = values['step'] ?? ''
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** Octets of a value. */
  bytes(name: string): Buffer {
    const hex = this.#values[name]
    if (hex === undefined) throw new Error(`no ${name} in the step "${this.step}"`)
    return Buffer.from(hex, 'hex')
  }
}

const vectors = join(import.meta.dirname, '../../../../test/vectors/rfc8448')

export function stepsOf(name: TraceName): Step[] {
  const steps = JSON.parse(readFileSync(join(vectors, `${name}.json`), 'utf8')) as Record<string, string>[]
  return steps.map(values => new Step(values))
}

/** The key share of a step that creates one. */
export function shareOf(step: Step): KeyShare {
  const secret = step.bytes('private key')
  if (step.step.includes('x25519')) {
    const key = Buffer.concat([PKCS8_X25519, secret])
    return new X25519Share(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))
  }
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(secret)
  return { group: P256, publicKey: ecdh.getPublicKey(), agree: peerShare => ecdh.computeSecret(peerShare) }
}

/** PrivateKeyInfo up to the 32 bytes: RFC 8410 section 7. */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')
