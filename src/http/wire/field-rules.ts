// The characters that a program may use in field names, field values and targets: the last check before they are encoded.
// RFC 9110 sections 5.1, 5.5 and 5.6.2.

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Also rejects lone surrogates and all other characters that latin1 cannot encode.
const notInValue = /[^\t\x20-\x7e\x80-\xff]/
const notInRelaxedValue = /[\0\n\r]|[^\0-\xff]/
const notInTarget = /[^\x21-\xff]/

export function isToken(text: string): boolean {
  return token.test(text)
}

/** @param isRelaxed - the Fetch standard's rule: all characters but NUL, CR and LF */
export function hasInvalidValueCharacter(value: unknown, isRelaxed = false): boolean {
  return (isRelaxed ? notInRelaxedValue : notInValue).test(value as string)
}

export function hasInvalidTargetCharacter(target: string): boolean {
  return notInTarget.test(target)
}
