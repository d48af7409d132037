// Names as they go out: international ones in their ASCII form (RFC 5891), and no more in them than c-ares lets through.

import { domainToASCII } from 'node:url'

/**
 * Other characters than a host name's go out when they are escaped (`\032`): a port, a space or an IPv6 address is a mistake
 * of the program's, and no server is to hear of it.
 *
 * @returns undefined: there is none
 */
export function asciiName(name: string): string | undefined {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    // The URL standard's form takes apart more than names, so plain names do not go through it.
    if (code > 0x7e) return asciiForm(name)
    if (allowed[code] === 0) {
      if (code !== BACKSLASH) return undefined
      // What is escaped is the encoder's to judge.
      i++
    }
  }
  return name
}

function asciiForm(name: string): string | undefined {
  const ascii = domainToASCII(name)
  return ascii === '' ? undefined : asciiName(ascii)
}

/** 1: may stand in a name as it is, for any type of record. */
const allowed = new Uint8Array(0x7f)
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/*') {
  allowed[character.charCodeAt(0)] = 1
}

const BACKSLASH = 0x5c
