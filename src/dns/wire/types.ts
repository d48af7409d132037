// Numbers and names of the standard: record types, classes, opcodes, response codes. IANA, Domain Name System parameters.

/** Types whose data is read into fields. */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  OPT: 41,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  CAA: 257,
} as const

/** Types that stand in questions alone. */
const questionTypes = { IXFR: 251, AXFR: 252, ANY: 255 } as const

/** A type without a name here: RFC 3597 section 5. */
export type NumberedType = `TYPE${number}`
export type NamedType = keyof typeof recordTypes
export type QuestionType = NamedType | keyof typeof questionTypes | NumberedType

/** `A`, `MX`, or `TYPE65280`. */
export function typeName(type: number): QuestionType {
  return nameOfType.get(type) ?? `TYPE${type}`
}

/** @returns undefined for what is no type's name: letters of either case, as in zone files */
export function typeNumber(name: string): number | undefined {
  const known = numberOfType.get(name)
  if (known !== undefined) return known
  const upper = name.toUpperCase()
  const number = /^TYPE(\d{1,5})$/.exec(upper)
  if (number === null) return numberOfType.get(upper)
  return Number(number[1]) <= 0xffff ? Number(number[1]) : undefined
}

const numberOfType = new Map<string, number>(Object.entries({ ...recordTypes, ...questionTypes }))
const nameOfType = new Map([...numberOfType].map(([name, type]) => [type, name as QuestionType]))

/** Classes. RFC 1035 section 3.2.4, RFC 2136. */
export const IN = 1
export const CH = 3
export const HS = 4
export const ANY_CLASS = 255

/** Opcodes. */
export const QUERY = 0

/** Response codes. From 16 on they need EDNS: RFC 6891 section 6.1.3. */
export const NOERROR = 0
export const FORMERR = 1
export const SERVFAIL = 2
export const NXDOMAIN = 3
export const NOTIMP = 4
export const REFUSED = 5
export const BADVERS = 16
