// application/x-www-form-urlencoded: between a query string and a flat list of name, value, name, value.
// URL standard, section 5.

import { FORM_SET, percentDecode, percentEncode } from './percent-encoding.ts'

/** @param query - without its question mark, well-formed */
export function parseForm(query: string): string[] {
  const list: string[] = []
  // Asked once for all pairs: most queries have neither, and their parts are slices.
  const isEncoded = query.includes('%') || query.includes('+')
  let start = 0
  while (start < query.length) {
    let end = query.indexOf('&', start)
    if (end < 0) end = query.length
    if (end > start) {
      let equals = query.indexOf('=', start)
      // An equals sign of a later pair: this one is a name alone. (A search that runs on is cheap: the next pair's hit.)
      if (equals < 0 || equals > end) equals = end
      const name = query.slice(start, equals)
      const value = query.slice(equals + 1, Math.max(end, equals + 1))
      if (isEncoded) list.push(decodeForm(name), decodeForm(value))
      else list.push(name, value)
    }
    start = end + 1
  }
  return list
}

export function formatForm(list: readonly string[]): string {
  let out = ''
  for (let i = 0; i < list.length; i += 2) {
    const separator = i === 0 ? '' : '&'
    out += `${separator}${encodeForm(list[i] as string)}=${encodeForm(list[i + 1] as string)}`
  }
  return out
}

function decodeForm(text: string): string {
  return percentDecode(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

function encodeForm(text: string): string {
  const encoded = percentEncode(text, FORM_SET)
  return text.includes(' ') ? encoded.replaceAll('%20', '+') : encoded
}
