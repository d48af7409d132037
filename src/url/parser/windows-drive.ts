// Windows drive letters in the paths of file URLs, and the shortening of paths that spares them.
// URL standard, section 4.1 "URL representation".

import { unitAt } from './code-unit.ts'

/** `C:` or `C|`. */
export function isWindowsDriveLetter(text: string): boolean {
  return text.length === 2 && isDriveAt(text, 0)
}

/** `C:`. */
export function isNormalizedDriveLetter(text: string): boolean {
  return isWindowsDriveLetter(text) && unitAt(text, 1) === COLON
}

/** Whether the text from `at` on starts with a Windows drive letter, which must end where its segment does. */
export function startsWithDriveLetter(text: string, at: number): boolean {
  if (!isDriveAt(text, at)) return false
  return at + 2 === text.length || '/\\?#'.includes(text.charAt(at + 2))
}

/** @param path - serialized: without its last segment, unless that is the drive of a file URL */
export function shortenPath(path: string, isFile: boolean): string {
  if (isFile && path.length === 3 && isNormalizedDriveLetter(path.slice(1))) return path
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function isDriveAt(text: string, at: number): boolean {
  const letter = unitAt(text, at) | 0x20
  const mark = unitAt(text, at + 1)
  return letter >= 0x61 && letter <= 0x7a && (mark === COLON || mark === VERTICAL_LINE)
}

const COLON = 0x3a
const VERTICAL_LINE = 0x7c
