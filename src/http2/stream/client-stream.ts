// The client's end of a stream. Node's documentation, "Class: ClientHttp2Stream".

import type { EngineStream } from '../engine/types.ts'
import type { OwningSession } from '../session/owning-session.ts'
import { kSession, kStream } from '../symbols.ts'
import { Http2Stream, openStream } from './http2-stream.ts'

export class ClientHttp2Stream extends Http2Stream {
  /** @param engineStream - of a push; a request gets its own once it is sent */
  constructor(session: OwningSession, engineStream?: EngineStream) {
    super(session, false)
    this[kStream].headersSent = true
    if (engineStream !== undefined) openStream(this, engineStream)
    else {
      // Until it has a number, what is written waits in the stream.
      this.cork()
      session[kSession].pendingStreams.add(this)
    }
  }

  _open(engineStream: EngineStream): void {
    openStream(this, engineStream)
    this.uncork()
    this.emit('ready')
  }
}
