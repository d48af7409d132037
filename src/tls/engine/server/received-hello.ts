// A ClientHello as a server reads it: RFC 8446 section 4.1.2.

import { ILLEGAL_PARAMETER } from '../../wire/alerts.ts'
import { type ClientHello, readClientHello } from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { refusal } from '../engine-errors.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'

/** A ClientHello, parsed as far as the later steps need it. */
export interface ReceivedHello {
  readonly message: HandshakeMessage
  readonly hello: ClientHello
  readonly versions: readonly number[]
  readonly serverName: string | undefined
  readonly alpnProtocols: readonly Uint8Array[] | undefined
  readonly signatureSchemes: readonly number[]
  readonly groups: readonly number[]
  readonly pskModes: Uint8Array | undefined
}

export function receiveHello(message: HandshakeMessage): ReceivedHello {
  const hello = readClientHello(message.body)
  const { extensions } = hello
  // pre_shared_key must be the last extension, or its binders would not cover the rest: RFC 8446 section 4.2.11.
  if (extensions.has(ext.PRE_SHARED_KEY) && [...extensions.keys()].at(-1) !== ext.PRE_SHARED_KEY) {
    throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
  const read = <T>(type: number, reader: (body: Uint8Array) => T): T | undefined => {
    const body = extensions.get(type)
    return body && reader(body)
  }
  // Some of these are not used later, or not always; malformed ones are an error in any case.
  read(ext.CERTIFICATE_AUTHORITIES, ext.readNames)
  read(ext.EXTENDED_MASTER_SECRET, ext.readNothing)
  read(ext.ENCRYPT_THEN_MAC, ext.readNothing)
  return {
    message,
    hello,
    versions: read(ext.SUPPORTED_VERSIONS, ext.readSupportedVersions) ?? [hello.version],
    serverName: read(ext.SERVER_NAME, ext.readServerName),
    alpnProtocols: read(ext.ALPN, ext.readProtocolNames),
    signatureSchemes: read(ext.SIGNATURE_ALGORITHMS, ext.readUint16List) ?? [],
    groups: read(ext.SUPPORTED_GROUPS, ext.readUint16List) ?? [],
    pskModes: read(ext.PSK_KEY_EXCHANGE_MODES, body => ext.readOpaque(body, 1, 1)),
  }
}
