// Names that must not be sent to a name server.

/** RFC 6761 section 6.3: such names are the machine's own. */
export function isLocalName(name: string): boolean {
  return /(^|\.)localhost\.?$/i.test(name)
}

/** RFC 7686 section 2: asking for one would tell who visits what; it is answered as a name that is not there. */
export function isOnionName(name: string): boolean {
  return /\.onion\.?$/i.test(name)
}
