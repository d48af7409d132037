// The set of origins for which a client may use its connection: RFC 8336 section 2.3. Initially, the origin of the server.

import { URL } from '../../url/index.ts'
import type { SessionState } from './session-state.ts'

interface SecureSocket {
  readonly servername?: string | false | null
  readonly remoteFamily?: string
  readonly remoteAddress?: string
  readonly remotePort?: number
}

export function originSetOf(state: SessionState): Set<string> {
  return (state.originSet ??= new Set([firstOrigin((state.socket ?? {}) as SecureSocket)]))
}

function firstOrigin({ servername, remoteFamily, remoteAddress, remotePort }: SecureSocket): string {
  const address = remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress
  const port = remotePort === undefined || remotePort === null ? '' : `:${remotePort}`
  return new URL(`https://${servername || address}${port}`).origin
}
