// International names go out in their ASCII form: RFC 5891.

import { domainToASCII } from 'node:url'

/** @returns undefined: there is none */
export function asciiName(name: string): string | undefined {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    // The URL standard's form takes apart more than names, so plain names do not go through it.
    if (code > 0x7e) return domainToASCII(name) || undefined
    if (code < 0x20) return undefined
  }
  return name
}
