// The Link field of 103 Early Hints: RFC 8288 section 3, checked as Node checks it: a target in angle brackets, and
// parameters that contain no whitespace.

import { invalidArgValue } from '../../core/errors.ts'

const hint = 'must be an array or string of format "</styles.css>; rel=preload; as=style"'

/** Formats one link, or an array of links, as one field value. */
export function formatLinks(hints: unknown): string {
  if (typeof hints === 'string') {
    if (!isLink(hints)) throw invalidArgValue('hints', hints, hint)
    return hints
  }
  if (!Array.isArray(hints)) throw invalidArgValue('hints', hints, hint)
  for (const one of hints) if (!isLink(one)) throw invalidArgValue('hints', one, hint)
  return hints.join(', ')
}

function isLink(value: unknown): boolean {
  if (typeof value !== 'string' || value[0] !== '<') return false
  const end = value.indexOf('>')
  if (end < 0 || /[\r\n]/.test(value)) return false
  const rest = value.slice(end + 1)
  if (rest === '') return true
  const [before, ...parameters] = rest.split(';')
  return before?.trim() === '' && parameters.length > 0 && parameters.every(isParameter)
}

function isParameter(text: string): boolean {
  // Whitespace after the last parameter is invalid, so only leading whitespace is removed.
  const [name, ...values] = text.trimStart().split('=')
  if (!name || /["\s]/.test(name)) return false
  const value = values.join('=')
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  return !/["\s]/.test(isQuoted ? value.slice(1, -1) : value)
}
