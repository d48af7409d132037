// What Node puts between TLS and a stream that is no socket: packages take the class from a TLSSocket's handle, to make a
// socket of any stream.

import type { Duplex } from 'node:stream'
import { duplexConnection } from '../../host/duplex-connection.ts'
import type { Connection } from '../../host/types.ts'
import { StreamHandle } from '../handle/handle.ts'
import { kAttempt, kConnection, makeHandle } from '../symbols.ts'
import { overOptions, Socket } from './socket.ts'

class JSStream extends StreamHandle {}

export class JSStreamSocket extends Socket {
  readonly stream: Duplex

  /** @param shown - the stream's connection, if it has an owner already: this socket is then only its facade */
  constructor(stream: Duplex, shown?: Connection) {
    super(overOptions(shown ?? duplexConnection(stream), { passive: shown !== undefined }))
    this.stream = stream
  }

  override [makeHandle](): StreamHandle | undefined {
    return this[kConnection] === null && this[kAttempt] === null ? undefined : new JSStream(this)
  }
}
