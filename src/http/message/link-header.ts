// The Link field of an early hint: RFC 8288 section 3, as far as Node checks it: a target in angle brackets, and
// parameters without blanks inside.

import { invalidArgValue } from '../../core/errors.ts'

const hint = 'must be an array or string of format "</styles.css>; rel=preload; as=style"'

/** One link, or a list of them, as one value. */
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
  // The last may not be followed by blanks, so only those in front go.
  const [name, ...values] = text.trimStart().split('=')
  if (!name || /["\s]/.test(name)) return false
  const value = values.join('=')
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  return !/["\s]/.test(isQuoted ? value.slice(1, -1) : value)
}
