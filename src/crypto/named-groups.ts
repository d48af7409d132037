// Key exchange groups: RFC 8446 section 4.2.7, RFC 8422 section 5.1.1, draft-ietf-tls-ecdhe-mlkem.

export interface NamedGroup {
  readonly id: number
  /** As OpenSSL and Node's `getEphemeralKeyInfo().name` have it. */
  readonly name: string
  /** Other names that an `ecdhCurve` list may hold. */
  readonly aliases: readonly string[]
  /** Bits, as in `getEphemeralKeyInfo().size`; 0: a group with no such figure. */
  readonly bits: number
  /** Bytes of the client's share and of the server's. */
  readonly clientShareSize: number
  readonly serverShareSize: number
}

export const X25519 = group(0x001d, 'X25519', ['x25519'], 253, 32)
export const P256 = group(0x0017, 'prime256v1', ['P-256', 'secp256r1'], 256, 65)
export const P384 = group(0x0018, 'secp384r1', ['P-384'], 384, 97)
export const P521 = group(0x0019, 'secp521r1', ['P-521'], 521, 133)
export const X448 = group(0x001e, 'X448', ['x448'], 448, 56)
/** ML-KEM-768 and X25519 together. TLS 1.3 only. */
export const X25519MLKEM768 = group(0x11ec, 'X25519MLKEM768', [], 0, 1216, 1120)

export const namedGroups: readonly NamedGroup[] = [X25519MLKEM768, X25519, P256, P384, P521, X448]

const byId = new Map(namedGroups.map(one => [one.id, one]))
const byName = new Map(
  namedGroups.flatMap(one => [one.name, ...one.aliases].map((name): [string, NamedGroup] => [name.toLowerCase(), one])),
)

export function namedGroupById(id: number): NamedGroup | undefined {
  return byId.get(id)
}

export function namedGroupByName(name: string): NamedGroup | undefined {
  return byName.get(name.toLowerCase())
}

function group(
  id: number,
  name: string,
  aliases: readonly string[],
  bits: number,
  clientShareSize: number,
  serverShareSize = clientShareSize,
): NamedGroup {
  return { id, name, aliases, bits, clientShareSize, serverShareSize }
}
