// Name constraints: which names an authority may certify. RFC 5280 sections 4.2.1.10 and 6.1.4, with OpenSSL's decisions
// where the standard leaves room: common names of servers count as host names when there are no others. Stricter than
// OpenSSL where our rule for host names (host-identity.ts) accepts more than OpenSSL's: final dots, and wildcards.

import type { Certificate } from '../certificate.ts'
import type { NameConstraints, Subtree } from '../certificate-extensions.ts'
import { maxNameComparisons } from '../certificate-limits.ts'
import { tags } from '../der.ts'
import type { GeneralName } from '../general-names.ts'
import { attributesOf, readText } from '../names.ts'
import { oids } from '../oids.ts'
import { matchesName } from './host-identity.ts'
import type { VerifyCode } from './verify-codes.ts'

type Outcome = 'within' | 'outside' | VerifyCode

/** How many comparisons may still be made, for all certificates of a path. */
export interface NameBudget {
  left: number
}

/** @returns the problem; undefined: none */
export function checkNameConstraints(
  certificate: Certificate,
  constraints: NameConstraints,
  budget: NameBudget = { left: maxNameComparisons },
): VerifyCode | undefined {
  const names = namesOf(certificate)
  if (names === undefined) return 'UNSUPPORTED_NAME_SYNTAX'
  const subtrees = constraints.permitted.length + constraints.excluded.length
  budget.left -= names.length * subtrees
  if (budget.left < 0) return 'UNSPECIFIED'
  for (const name of names) {
    const problem = checkName(name, constraints)
    if (problem) return problem
  }
  return undefined
}

/** Only for the peer's own certificate, if it has no DNS names: checks the common names that look like host names. */
export function checkCommonNames(certificate: Certificate, constraints: NameConstraints): VerifyCode | undefined {
  if (certificate.altNames.some(name => name.kind === 'dns')) return undefined
  for (const { tag, value } of attributesOf(certificate.subject, oids.commonName)) {
    const text = readText(tag, value)?.replace(/\0+$/, '')
    if (text === undefined) return 'UNSUPPORTED_NAME_SYNTAX'
    if (text.includes('\0')) return 'UNSUPPORTED_NAME_SYNTAX'
    const problem = looksLikeHostName(text) ? checkName({ kind: 'dns', text }, constraints) : undefined
    if (problem) return problem
  }
  return undefined
}

/** At least two labels of the characters of host names; a wildcard counts as a label. */
function looksLikeHostName(text: string): boolean {
  const labels = withoutFinalDot(text).split('.')
  return labels.length > 1 && labels.every(label => /^[A-Za-z0-9_*-]+$/.test(label))
}

/** Undefined: an e-mail address in the subject is not valid text. */
function namesOf(certificate: Certificate): GeneralName[] | undefined {
  const names: GeneralName[] = []
  const { subject } = certificate
  if (subject.parts.length > 0) names.push({ kind: 'directory', name: subject })
  for (const { tag, value } of attributesOf(subject, oids.emailAddress)) {
    if (tag !== tags.IA5_STRING) return undefined
    names.push({ kind: 'email', text: readText(tag, value) ?? '' })
  }
  return [...names, ...certificate.altNames]
}

function checkName(name: GeneralName, { permitted, excluded }: NameConstraints): VerifyCode | undefined {
  let isPermitted: boolean | undefined
  for (const subtree of permitted) {
    if (!isSameKind(name, subtree)) continue
    if (subtree.hasDistances) return 'SUBTREE_MINMAX'
    if (isPermitted) continue
    const outcome = compare(name, subtree.base)
    if (outcome !== 'within' && outcome !== 'outside') return outcome
    isPermitted = outcome === 'within'
  }
  if (isPermitted === false) return 'PERMITTED_VIOLATION'
  for (const subtree of excluded) {
    if (!isSameKind(name, subtree)) continue
    if (subtree.hasDistances) return 'SUBTREE_MINMAX'
    const outcome = compare(name, subtree.base)
    if (outcome === 'within' || mayStandFor(name, subtree.base)) return 'EXCLUDED_VIOLATION'
    if (outcome !== 'outside') return outcome
  }
  return undefined
}

function isSameKind(name: GeneralName, { base }: Subtree): boolean {
  return name.kind === base.kind && (name.kind !== 'other' || base.kind !== 'other' || name.tag === base.tag)
}

function compare(name: GeneralName, base: GeneralName): Outcome {
  if (name.kind === 'directory' && base.kind === 'directory') {
    const { keys } = name.name
    return base.name.keys.every((key, index) => key === keys[index]) ? 'within' : 'outside'
  }
  if (name.kind === 'dns' && base.kind === 'dns') return compareDns(name.text, base.text)
  if (name.kind === 'email' && base.kind === 'email') return compareEmail(name.text, base.text)
  if (name.kind === 'uri' && base.kind === 'uri') return compareUri(name.text, base.text)
  if (name.kind === 'ip' && base.kind === 'ip') return compareIp(name.bytes, base.bytes)
  return 'UNSUPPORTED_CONSTRAINT_TYPE'
}

const within = (isWithin: boolean): Outcome => (isWithin ? 'within' : 'outside')

/** Lower case, ASCII only. */
const lower = (text: string) => (/[A-Z]/.test(text) ? text.replace(/[A-Z]/g, letter => letter.toLowerCase()) : text)

/** Whether a wildcard name also covers an excluded host. */
function mayStandFor(name: GeneralName, base: GeneralName): boolean {
  if (name.kind !== 'dns' || base.kind !== 'dns' || !name.text.includes('*')) return false
  return matchesName(withoutFinalDot(lower(base.text)), name.text)
}

const withoutFinalDot = (text: string) => (text.endsWith('.') ? text.slice(0, -1) : text)

/** Labels may be added on the left. An empty base matches all names. */
function compareDns(name: string, base: string): Outcome {
  const [given, wanted] = [withoutFinalDot(lower(name)), withoutFinalDot(lower(base))]
  if (!given.endsWith(wanted)) return 'outside'
  return within(
    wanted === '' || given.length === wanted.length || wanted.startsWith('.') || given.at(-wanted.length - 1) === '.',
  )
}

/** A base is a mailbox, a host, or, with a dot before it, all hosts below that. */
function compareEmail(name: string, base: string): Outcome {
  const at = name.lastIndexOf('@')
  if (at < 0) return 'UNSUPPORTED_NAME_SYNTAX'
  const baseAt = base.lastIndexOf('@')
  const host = lower(name.slice(at + 1))
  if (baseAt < 0 && base.startsWith('.')) return within(host.endsWith(lower(base)) && host.length > base.length)
  // Mailboxes are case-sensitive, hosts are not. RFC 5280 section 7.5.
  if (baseAt > 0 && base.slice(0, baseAt) !== name.slice(0, at)) return 'outside'
  return within(host === lower(base.slice(baseAt + 1)))
}

function compareUri(name: string, base: string): Outcome {
  const start = name.indexOf('://')
  if (start < 0) return 'UNSUPPORTED_NAME_SYNTAX'
  const host = lower(/^[^:/]*/.exec(name.slice(start + 3))?.[0] ?? '')
  if (host === '') return 'UNSUPPORTED_NAME_SYNTAX'
  if (base.startsWith('.')) return within(host.endsWith(lower(base)) && host.length > base.length)
  return within(host === lower(base))
}

function compareIp(address: Uint8Array, base: Uint8Array): Outcome {
  if (address.length !== 4 && address.length !== 16) return 'UNSUPPORTED_NAME_SYNTAX'
  if (base.length !== 8 && base.length !== 32) return 'UNSUPPORTED_NAME_SYNTAX'
  if (address.length * 2 !== base.length) return 'outside'
  return within(
    address.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (base[address.length + index] ?? 0)) === 0),
  )
}
