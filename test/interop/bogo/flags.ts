// The command line that BoringSSL's test runner gives its shim, as one record for the first connection and one for those that
// resume it. A flag that is not listed here is a feature that we do not have: the shim then leaves with the code for that.

/** Asked for something that neither the engine nor the shim has: exit code 89 tells the runner so. */
export class Unimplemented extends Error {}

const booleans = [
  'async',
  'check-close-notify',
  'decline-alpn',
  'decline-ocsp-callback',
  'enable-ocsp-stapling',
  'expect-extended-master-secret',
  'expect-hrr',
  'expect-no-hrr',
  'expect-no-peer-cert',
  'expect-no-secure-renegotiation',
  'expect-no-server-name',
  'expect-no-session',
  'expect-no-session-id',
  'expect-secure-renegotiation',
  'expect-session-id',
  'expect-session-miss',
  'expect-ticket-renewal',
  'expect-verify-result',
  'export-traffic-secrets',
  'fail-ddos-callback',
  'fail-early-callback',
  'fail-ocsp-callback',
  'forbid-renegotiation-after-handshake',
  'handshake-never-done',
  'implicit-handshake',
  'install-cert-compression-algs',
  'ipv6',
  'is-handshaker-supported',
  'key-update',
  'key-update-before-read',
  'no-ticket',
  'no-tls1',
  'no-tls11',
  'no-tls12',
  'no-tls13',
  'reject-alpn',
  'renegotiate-freely',
  'renew-ticket',
  'require-any-client-certificate',
  'reverify-on-resume',
  'send-alert',
  'server',
  'server-preference',
  'shim-shuts-down',
  'shim-writes-first',
  'tls-unique',
  'use-custom-verify-callback',
  'use-export-context',
  'use-exporter-between-reads',
  'verify-fail',
  'verify-peer',
  'write-different-record-sizes',
] as const

const numbers = [
  'expect-cipher',
  'expect-curve-id',
  'expect-peer-signature-algorithm',
  'expect-selected-credential',
  'expect-total-renegotiations',
  'expect-version',
  'export-keying-material',
  'install-one-cert-compression-alg',
  'max-send-fragment',
  'max-version',
  'min-version',
  'port',
  'repeat-shim-initial-write',
  'resume-count',
  'resumption-delay',
  'shim-id',
] as const

const strings = [
  'advertise-alpn',
  'cert-file',
  'cipher',
  'expect-advertised-alpn',
  'expect-alpn',
  'expect-msg-callback',
  'expect-peer-cert-file',
  'expect-server-name',
  'export-context',
  'export-label',
  'host-name',
  'key-file',
  'psk',
  'psk-identity',
  'select-alpn',
  'shim-initial-write',
  'use-client-ca-list',
] as const

const base64s = ['expect-ocsp-response', 'ocsp-response'] as const

const lists = ['curves', 'expect-peer-verify-pref', 'signing-prefs', 'verify-prefs'] as const

/** They change how BoringSSL's interface is used (peeking, small reads, which callback is asked), for which ours has one way. */
const withoutMeaning: ReadonlyMap<string, 0 | 1> = new Map([
  ['allow-hint-mismatch', 0],
  ['handshake-twice', 0],
  ['install-ddos-callback', 0],
  ['no-op-extra-handshake', 0],
  ['partial-write', 0],
  ['peek-then-read', 0],
  ['read-size', 1],
  ['trust-cert', 1],
  ['set-ocsp-in-callback', 0],
  ['use-early-callback', 0],
  ['use-ocsp-callback', 0],
  ['use-old-client-cert-callback', 0],
  ['use-ticket-aead-callback', 0],
  ['use-ticket-callback', 0],
])

/** `-new-x509-credential` begins one; the flags after it that are listed here are its own. */
const ofCredential: ReadonlySet<string> = new Set(['cert-file', 'key-file', 'ocsp-response', 'signing-prefs'])

type Values = { [name in (typeof booleans)[number]]?: true } & { [name in (typeof numbers)[number]]?: number } & {
  [name in (typeof strings)[number]]?: string
} & { [name in (typeof base64s)[number]]?: Buffer } & { [name in (typeof lists)[number]]?: number[] }

export type CredentialFlags = Pick<Values, 'cert-file' | 'key-file' | 'ocsp-response' | 'signing-prefs'>

export interface Flags extends Values {
  readonly credentials: CredentialFlags[]
}

export interface CommandLine {
  readonly initial: Flags
  readonly resume: Flags
}

/** @throws {Unimplemented} */
export function parseFlags(args: readonly string[]): CommandLine {
  const initial: Flags = { credentials: [] }
  const resume: Flags = { credentials: [] }
  const rest = [...args]
  let arg: string | undefined
  while ((arg = rest.shift()) !== undefined) {
    const isOthers = arg.startsWith('-on-handshaker-')
    const own = arg.replace(/^-on-(shim|handshaker)-/, '-')
    const [, when, name = ''] = /^-(?:on-(initial|resume|retry)-)?(.*)$/.exec(own) ?? []
    const targets =
      when === 'initial' ? [initial] : when === 'resume' ? [resume] : when === 'retry' ? [] : [initial, resume]
    readFlag(isOthers ? [] : targets, name, rest)
  }
  return { initial, resume }
}

function readFlag(targets: readonly Flags[], name: string, rest: string[]): void {
  const size = withoutMeaning.get(name)
  if (size !== undefined) {
    rest.splice(0, size)
    return
  }
  if (name === 'new-x509-credential') {
    for (const flags of targets) flags.credentials.push({})
    return
  }
  if (isOneOf(booleans, name)) {
    for (const flags of targets) flags[name] = true
    return
  }
  const value = rest.shift() ?? ''
  for (const flags of targets.length > 0 ? targets : [{ credentials: [] }]) {
    const target = (ofCredential.has(name) ? flags.credentials.at(-1) : undefined) ?? flags
    setValue(target, name, value)
  }
}

function setValue(target: Values, name: string, value: string): void {
  if (isOneOf(numbers, name)) target[name] = Number(value)
  else if (isOneOf(strings, name)) target[name] = value
  else if (isOneOf(base64s, name)) target[name] = Buffer.from(value, 'base64')
  else if (isOneOf(lists, name)) target[name] = [...(target[name] ?? []), Number(value)]
  else throw new Unimplemented(`-${name}`)
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name)
}
