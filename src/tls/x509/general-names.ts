// GeneralName: the forms of a subject's name in extensions. RFC 5280 section 4.2.1.6.

import { maxGeneralNames } from './certificate-limits.ts'
import { type DerElement, DerError, DerReader, formatOid } from './der.ts'
import { type DistinguishedName, readName } from './names.ts'

export type GeneralName =
  /** Bytes of an IA5String as latin1: a name that is not ASCII matches nothing. */
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  /** An address of 4 or 16 bytes; in constraints, address and mask. */
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'registeredId'; readonly oid: string }
  | { readonly kind: 'other'; readonly tag: number; readonly der: Uint8Array }

export function readGeneralName(element: DerElement): GeneralName {
  const { tag, content } = element
  switch (tag) {
    case 0x81:
      return { kind: 'email', text: latin1(content) }
    case 0x82:
      return { kind: 'dns', text: latin1(content) }
    case 0x86:
      return { kind: 'uri', text: latin1(content) }
    case 0x87:
      return { kind: 'ip', bytes: content }
    case 0x88:
      return { kind: 'registeredId', oid: formatOid(content) }
    // Explicit, since Name is a CHOICE.
    case 0xa4: {
      const reader = new DerReader(content)
      const { whole } = reader.readAny()
      reader.expectEnd()
      return { kind: 'directory', name: readName(whole) }
    }
    case 0xa0:
    case 0xa3:
    case 0xa5:
      return { kind: 'other', tag, der: content }
    default:
      throw new DerError(`a general name of kind 0x${tag.toString(16)}`)
  }
}

/** The content of a GeneralNames. */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = []
  for (const element of reader.elements(maxGeneralNames)) names.push(readGeneralName(element))
  return names
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
