// What the legacy API knows of schemes. With and without their colon: objects to format may come either way.

const slashed = new Set(['http', 'https', 'ftp', 'gopher', 'file', 'ws', 'wss'].flatMap(name => [name, `${name}:`]))

/** Whether two slashes always follow. */
export function hasSlashes(protocol: string | null | undefined): boolean {
  return slashed.has(protocol as string)
}

/** `javascript:`: never a host, and nothing in it is escaped. */
export function isScript(protocol: string | null | undefined): boolean {
  return protocol === 'javascript' || protocol === 'javascript:'
}
