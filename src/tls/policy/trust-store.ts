// The default authorities, for contexts that name none: the runtime's bundled ones, the system's, those of
// NODE_EXTRA_CA_CERTS, or those that a program has set. Source: Node's documentation, `tls.getCACertificates()`.

import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as runtime from 'node:tls'
import { codedError, invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { validateArray, validateString } from '../../core/validate.ts'

let chosen: readonly string[] | undefined
const cached = new Map<string, readonly string[]>()

/** The certificates set by `setDefaultCACertificates`; undefined: none, the runtime's own are the default. */
export function chosenDefaultCertificates(): readonly string[] | undefined {
  return chosen
}

export const rootCertificates: readonly string[] = runtime.rootCertificates

/** @param type - `default`, `bundled`, `system` or `extra`; the same frozen array each time */
export function getCACertificates(type: unknown = 'default'): string[] {
  validateString(type, 'type')
  if (type === 'default' && chosen !== undefined) return chosen as string[]
  const read = stores[type]
  if (read === undefined) throw invalidArgValue('type', type)
  let certificates = cached.get(type)
  if (certificates === undefined) {
    certificates = Object.freeze((type === 'bundled' ? undefined : runtimeStore(type)) ?? read())
    cached.set(type, certificates)
  }
  return certificates as string[]
}

const stores: Readonly<Record<string, (() => readonly string[]) | undefined>> = Object.assign(Object.create(null), {
  bundled: () => runtime.rootCertificates,
  extra: readExtra,
  system: readSystem,
  default: readDefault,
})

/** Takes effect for new contexts without `ca`. @param certificates - PEM, as text or bytes */
export function setDefaultCACertificates(certificates: readonly (string | NodeJS.ArrayBufferView)[]): void {
  validateArray(certificates, 'certs')
  const texts = certificates.map((one: unknown, index) => {
    if (typeof one === 'string') return one
    if (!ArrayBuffer.isView(one)) throw invalidArgType(`certs[${index}]`, ['string', 'ArrayBufferView'], one)
    return Buffer.from(one.buffer as ArrayBuffer, one.byteOffset, one.byteLength).toString('latin1')
  })
  const parsed = texts.flatMap(text => {
    const blocks = readable(text)
    if (blocks.length === 0) throw noCertificate()
    return blocks
  })
  chosen = Object.freeze([...new Set(parsed)])
}

function readable(text: string): string[] {
  try {
    return pemIn(text)
  } catch (cause) {
    throw Object.assign(unreadableCertificate(), { cause })
  }
}

const unreadableCertificate = () =>
  codedError(Error, 'ERR_OSSL_PEM_ASN1_LIB', 'error:0488000D:PEM routines::ASN1 lib', unreadableCertificate)

const noCertificate = () =>
  codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'No valid certificates found in the provided array', noCertificate)

function readExtra(): readonly string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS']
  return file ? pemInFile(file) : []
}

/** Whether the runtime has `--use-system-ca`, the option to trust the system's authorities. */
export const mayUseSystemStore: boolean = 'getCACertificates' in runtime

/** The stores of newer runtimes, which read the system's store where we know only some files, and their own command line. */
function runtimeStore(type: string): string[] | undefined {
  const { getCACertificates: read } = runtime as { getCACertificates?: (type: string) => string[] }
  return read && [...read(type)]
}

function readDefault(): readonly string[] {
  const ownStore = hasOption('--use-openssl-ca') ? readSystem() : runtime.rootCertificates
  return [...ownStore, ...readExtra()]
}

/** Whether an option is on the command line, or in NODE_OPTIONS. */
function hasOption(name: string): boolean {
  return process.execArgv.includes(name) || (process.env['NODE_OPTIONS'] ?? '').split(/\s+/).includes(name)
}

/** The usual places of the system's certificates; SSL_CERT_FILE and SSL_CERT_DIR have precedence. */
const systemFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
]

function readSystem(): readonly string[] {
  const file = process.env['SSL_CERT_FILE']
  const folder = process.env['SSL_CERT_DIR']
  if (file || folder) return [...(file ? pemInFile(file) : []), ...(folder ? pemInFolder(folder) : [])]
  for (const one of systemFiles) {
    const certificates = pemInFile(one)
    if (certificates.length > 0) return certificates
  }
  return []
}

function pemInFolder(folder: string): string[] {
  try {
    return [...new Set(readdirSync(folder).flatMap(name => pemInFile(join(folder, name))))]
  } catch {
    return []
  }
}

/** The certificates in a file; none if it cannot be read. */
function pemInFile(file: string): string[] {
  try {
    return statSync(file).isFile() ? pemIn(readFileSync(file, 'latin1')) : []
  } catch {
    return []
  }
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates in a text, each in one format, so that equal certificates have equal texts. */
function pemIn(text: string): string[] {
  return (text.match(pemBlock) ?? []).map(block => new X509Certificate(block).toString().trimEnd())
}
