// A received header block that is well-formed: its fields in order, and the values that the engine itself uses.

export class HeaderBlock {
  /** Name, value, name, value ...: all fields in the order received, including pseudo-headers. */
  readonly pairs: string[] = []
  /** Names of fields received as never-indexed literals; undefined: none. RFC 7541 section 7.1.3. */
  sensitive: string[] | undefined = undefined
  method: string | undefined = undefined
  scheme: string | undefined = undefined
  authority: string | undefined = undefined
  path: string | undefined = undefined
  /** Extended CONNECT: RFC 8441. */
  protocol: string | undefined = undefined
  /** 0: none. */
  status = 0
  /** -1: none. */
  contentLength = -1
}
