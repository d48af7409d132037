// The key by which an https.Agent pools connections and sessions: it contains every option that identifies the server, or
// determines how the server is authenticated. Node's own format comes first, since programs read `agent.sockets`; options
// that Node leaves out follow, and only where they are set. Byte arrays and private keys appear as digests, because keys
// are printed, and text decoded from bytes is not unique. Functions and contexts are identified by reference.

import { createHash } from 'node:crypto'
import { canonicalHost } from '../tls/internal.ts'

export interface IdentityOptions {
  readonly [option: string]: unknown
}

/** @param nameOf - http.Agent's `getName`: made of host, port, local address, family and socket path */
export function identityName(nameOf: (options: IdentityOptions) => string, options: IdentityOptions): string {
  const { port, localAddress, family, socketPath } = options
  const host = canonical(options['host'])
  // The options are not copied: with a copy, a name took 3.6 us instead of 0.4 (node:https 0.3; Node 20.20).
  // A value that is inserted as it is must not contain a separator.
  const path = typeof socketPath === 'string' ? escaped(socketPath) : socketPath
  let name = nameOf({ host, port, localAddress, family, socketPath: path })
  for (const key of leading) name += `:${shown(options[key])}`
  name += `:${shownPfx(options['pfx'], options['passphrase'])}`
  name += `:${options['rejectUnauthorized'] ?? ''}`
  const servername = canonical(options['servername'])
  name += `:${servername && servername !== host ? shown(servername) : ''}`
  for (const key of trailing) name += `:${key === 'sigalgs' ? quotedText(options[key]) : shown(options[key])}`
  for (const key of further) if (options[key] !== undefined) name += `:${key}=${shown(options[key])}`
  const { passphrase } = options
  if (passphrase !== undefined) name += `:passphrase=${digest(String(passphrase))}`
  return name
}

// The options of Node's name, in Node's order.
const leading = ['ca', 'cert', 'clientCertEngine', 'ciphers', 'key'] as const
const trailing = [
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'crl',
  'honorCipherOrder',
  'ecdhCurve',
  'dhparam',
  'secureOptions',
  'sessionIdContext',
  'sigalgs',
  'privateKeyIdentifier',
  'privateKeyEngine',
] as const

/** Options that Node's name does not contain. */
const further = [
  'secureContext',
  'ALPNProtocols',
  'allowPartialTrustChain',
  'checkServerIdentity',
  'minDHSize',
  'pskCallback',
  'socket',
] as const

function canonical(host: unknown): unknown {
  return typeof host === 'string' ? canonicalHost(host) : host
}

function quotedText(value: unknown): string {
  return value ? escaped(JSON.stringify(value)) : ''
}

function shownPfx(pfx: unknown, passphrase: unknown): string {
  if (!Array.isArray(pfx)) return shown(pfx)
  return pfx
    .map(one => {
      const { buf, passphrase: own } = (one ?? {}) as { buf?: unknown; passphrase?: unknown }
      return `${shown(buf ?? one)}/${digest(String(own ?? passphrase))}`
    })
    .join(',')
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  if (Array.isArray(value)) return value.map(shown).join(',')
  if (ArrayBuffer.isView(value)) return shownBytes(value as NodeJS.ArrayBufferView)
  if (typeof value === 'function') return reference(value)
  if (typeof value === 'object') return shownObject(value)
  const text = String(value)
  return text.includes('PRIVATE KEY') ? digest(text) : escaped(text)
}

/** Escapes the separators of values and of lists. */
function escaped(text: string): string {
  return /[:,%]/.test(text) ? text.replace(/[:,%]/g, encodeURIComponent) : text
}

function shownBytes(view: NodeJS.ArrayBufferView): string {
  const bytes = Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
  const isText = bytes.every((byte: number) => (byte > 0x1f && byte < 0x7f) || byte === 0x0a || byte === 0x0d)
  return isText ? shown(bytes.toString('latin1')) : digest(bytes)
}

/** `{ pem, passphrase }` and `{ buf, passphrase }` by their content; key objects and contexts by reference. */
function shownObject(value: object): string {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return reference(value)
  const parts = Object.entries(value).map(([key, one]) => `${key}=${digest(shown(one))}`)
  return `{${parts.join(';')}}`
}

function digest(data: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(data).digest('base64url')}`
}

const references = new WeakMap<object, number>()
let lastReference = 0

function reference(value: object): string {
  let number = references.get(value)
  if (number === undefined) {
    number = ++lastReference
    references.set(value, number)
  }
  return `#${number}`
}
