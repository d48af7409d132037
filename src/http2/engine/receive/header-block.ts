// A received header block that passed the rules: its fields as they came, and what the engine read of them on the way.

export class HeaderBlock {
  /** Name, value, name, value ...: all fields in the order in which they came, pseudo-headers among them. */
  readonly pairs: string[] = []
  /** Names that came as literals never to be indexed; undefined: none. RFC 7541 section 7.1.3. */
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
