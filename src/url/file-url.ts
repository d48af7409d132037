// Between file: URLs and paths, in the manner of POSIX or of Windows. Node's documentation, `url.fileURLToPath` and
// `url.pathToFileURL`.

import { posix, win32 } from 'node:path'
import { invalidArgType, invalidArgValue } from '../core/errors.ts'
import { validateString } from '../core/validate.ts'
import { domainToUnicode } from './domain.ts'
import { invalidFileUrlHost, invalidFileUrlPath, invalidUrl, invalidUrlScheme } from './errors.ts'
import { isUrl } from './is-url.ts'
import { parseHost } from './parser/host-parser.ts'
import { PATH_SET, percentDecodeBytes, percentEncode } from './parser/percent-encoding.ts'
import { withHostname, withPathname } from './setters.ts'
import { recordOf, URL, urlOf } from './url.ts'

interface PathOptions {
  /** Whether paths are Windows'; by default, what the runtime's platform says. */
  windows?: boolean | undefined
}

/** What the functions look at; any implementation's URL has it. */
interface FileUrl {
  readonly protocol: string
  readonly hostname: string
  readonly pathname: string
}

export function fileURLToPath(url: string | FileUrl, options: PathOptions = {}): string {
  const { hostname, pathname, isWindows, shown } = readFileUrl(url, options)
  refuseEncodedSeparators(pathname, isWindows, shown)
  if (!isWindows) return decodeURIComponent(pathname)
  const path = decodeURIComponent(pathname.replaceAll('/', '\\'))
  if (hostname !== '') return `\\\\${domainToUnicode(hostname)}${path}`
  if (!hasDrive(path.charCodeAt(1), path.charCodeAt(2))) throw invalidFileUrlPath('must be absolute', shown)
  return path.slice(1)
}

/** The path's bytes: for names that are not UTF-8. Encoded separators are bytes like any other. */
export function fileURLToPathBuffer(url: string | FileUrl, options: PathOptions = {}): Buffer<ArrayBuffer> {
  const { hostname, pathname, isWindows, shown } = readFileUrl(url, options)
  const path = isWindows ? pathname.replaceAll('/', '\\') : pathname
  const { buffer, byteOffset, byteLength } = percentDecodeBytes(Buffer.from(path))
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  if (!isWindows) return bytes
  if (hostname !== '') return Buffer.concat([Buffer.from(`\\\\${domainToUnicode(hostname)}`), bytes])
  if (!hasDrive(bytes[1], bytes[2])) throw invalidFileUrlPath('must be absolute', shown)
  return bytes.subarray(1)
}

export function pathToFileURL(path: string, options?: PathOptions): URL {
  validateString(path, 'path')
  const isWindows = isWindowsPath(options)
  let resolved = path
  if (!isWindows) resolved = posix.resolve(path)
  else if (!path.startsWith('\\\\')) resolved = win32.resolve(path)
  if (isWindows && resolved.startsWith('\\\\')) return uncToFileUrl(resolved)
  const last = path.at(-1)
  // path.resolve takes trailing separators away.
  const wantsSlash = last === '/' || (isWindows && last === '\\')
  if (wantsSlash && !resolved.endsWith(isWindows ? '\\' : '/')) resolved += '/'
  return urlOf(withPathname(recordOf(new URL('file://')), encodePath(resolved, isWindows)))
}

/** `\\server\share\resource`, or the same as `\\?\UNC\server\share\resource`. */
function uncToFileUrl(path: string): URL {
  const start = path.startsWith('\\\\?\\UNC\\') ? 8 : 2
  const end = path.indexOf('\\', start)
  if (end < 0) throw invalidArgValue('path', path, 'Missing UNC resource path')
  if (end === 2) throw invalidArgValue('path', path, 'Empty UNC servername')
  const server = path.slice(start, end)
  // The server of an extended-length path with a drive, `\\?\C:\file`, is no host.
  const isHost = server === '?' || parseHost(server, true) !== undefined
  if (!isHost) throw invalidUrl(path.slice(end), server)
  const record = withHostname(recordOf(new URL('file://')), server)
  return urlOf(withPathname(record, encodePath(path.slice(end), true)))
}

/** So that each character of the path stands for itself in the URL. */
function encodePath(path: string, isWindows: boolean): string {
  const text = isWindows ? path.replaceAll('\\', '/') : path
  return percentEncode(text.replaceAll('%', '%25'), PATH_SET).replace(/[[\\\]|~]/g, encodeURIComponentAll)
}

function encodeURIComponentAll(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function readFileUrl(
  url: string | FileUrl,
  options: PathOptions,
): { hostname: string; pathname: string; isWindows: boolean; shown: unknown } {
  const parsed: unknown = typeof url === 'string' ? new URL(url) : url
  if (!isUrl(parsed)) throw invalidArgType('path', ['string', 'URL'], url)
  if (parsed.protocol !== 'file:') throw invalidUrlScheme()
  const isWindows = isWindowsPath(options)
  const { hostname, pathname } = parsed
  if (!isWindows && hostname !== '') throw invalidFileUrlHost(process.platform)
  return { hostname, pathname, isWindows, shown: parsed }
}

/** An encoded separator would become a real one, and move the path to another folder. */
function refuseEncodedSeparators(pathname: string, isWindows: boolean, shown: unknown): void {
  for (let at = pathname.indexOf('%'); at >= 0; at = pathname.indexOf('%', at + 1)) {
    const code = pathname.slice(at + 1, at + 3).toLowerCase()
    if (code === '2f' || (isWindows && code === '5c')) {
      const which = isWindows ? 'encoded \\ or / characters' : 'encoded / characters'
      throw invalidFileUrlPath(`must not include ${which}`, shown)
    }
  }
}

function hasDrive(letter: number | undefined, colon: number | undefined): boolean {
  const lower = (letter ?? 0) | 0x20
  return lower >= 0x61 && lower <= 0x7a && colon === 0x3a
}

function isWindowsPath(options: PathOptions | null | undefined): boolean {
  return Boolean(options?.windows ?? process.platform === 'win32')
}
