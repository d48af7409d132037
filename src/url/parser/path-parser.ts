// The path state: a span of path text becomes segments behind those that are there, percent-encoded, with `.` and `..`
// resolved. URL standard, section 4.4 (path state), section 4.1 (shorten a url's path).

import { PATH_SET, percentEncode } from './percent-encoding.ts'
import { FILE, NOT_SPECIAL } from './schemes.ts'
import { isNormalizedDriveLetter, isWindowsDriveLetter, shortenPath } from './windows-drive.ts'

/**
 * @param text - from behind a segment's slash up to the end of the path
 * @param before - the path so far, serialized
 * @returns the whole path, serialized
 */
export function takePath(text: string, before: string, schemeType: number): string {
  const slashed = schemeType !== NOT_SPECIAL && text.includes('\\') ? text.replaceAll('\\', '/') : text
  let path = percentEncode(slashed, PATH_SET)
  const isFile = schemeType === FILE
  let base = before
  // Dots in front, as relative references have them, shorten the base's path.
  for (;;) {
    const slash = path.indexOf('/')
    const dots = dotsIn(path, 0, slash < 0 ? path.length : slash)
    if (dots === 0) break
    if (dots === 2) base = shortenPath(base, isFile)
    if (slash < 0) return `${base}/`
    path = path.slice(slash + 1)
  }
  if (!hasDotSegment(path) && !(isFile && base === '')) return `${base}/${path}`
  return resolveSegments(path, base, isFile)
}

/** Segment by segment: a list, since the string would be copied for each `..`. */
function resolveSegments(path: string, before: string, isFile: boolean): string {
  const list = before === '' ? [] : before.slice(1).split('/')
  const segments = path.split('/')
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string
    const dots = dotsIn(segment, 0, segment.length)
    if (dots === 0) {
      const isDrive = isFile && list.length === 0 && isWindowsDriveLetter(segment)
      list.push(isDrive ? `${segment[0]}:` : segment)
      continue
    }
    if (dots === 2 && !(isFile && list.length === 1 && isNormalizedDriveLetter(list[0] as string))) list.pop()
    if (i === segments.length - 1) list.push('')
  }
  return list.length === 0 ? '' : `/${list.join('/')}`
}

/** Whether a segment may be `.` or `..`: it begins with a dot, plain or encoded. */
function hasDotSegment(path: string): boolean {
  if (beginsWithDot(path, 0)) return true
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (beginsWithDot(path, slash + 1)) return true
  }
  return false
}

function beginsWithDot(path: string, at: number): boolean {
  const unit = path.charCodeAt(at)
  return unit === DOT || (unit === PERCENT && path.charCodeAt(at + 1) === 0x32)
}

/** 1: a single-dot, 2: a double-dot URL path segment; 0: neither. */
function dotsIn(path: string, start: number, end: number): number {
  let dots = 0
  for (let i = start; i < end; i++) {
    const unit = path.charCodeAt(i)
    if (unit === PERCENT && path.charCodeAt(i + 1) === 0x32 && (path.charCodeAt(i + 2) | 0x20) === 0x65) i += 2
    else if (unit !== DOT) return 0
    if (++dots > 2) return 0
  }
  return dots
}

const PERCENT = 0x25
const DOT = 0x2e
