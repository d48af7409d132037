// The least that drives a session engine over a real socket of the runtime's: for judges from outside (h2spec and the
// like) to talk to. It answers each request with a small body, and a second part where the path asks for one.

import type { Duplex } from 'node:stream'
import { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { EngineStream, SessionHandler, SessionOptions } from '../../src/http2/engine/types.ts'
import { SETTINGS_MAX_CONCURRENT_STREAMS } from '../../src/http2/wire/frame-types.ts'
import { sessionOptions } from '../support/session-options.ts'

type Answer = (engine: SessionEngine, stream: EngineStream, path: string) => void

const body = Buffer.from('hello, world')

export function plainAnswer(engine: SessionEngine, stream: EngineStream): void {
  engine.respond(stream, [':status', '200', 'content-type', 'text/plain', 'content-length', String(body.length)], false)
  engine.sendData(stream, body, { endStream: true })
}

/** Serves HTTP/2 on a socket whose protocol is settled. */
export function serve(socket: Duplex, answer: Answer = plainAnswer, options: Partial<SessionOptions> = {}): void {
  let isScheduled = false
  const handler: SessionHandler = {
    onHeaders(stream, block, part) {
      if (part === 'request') answer(engine, stream, block.path ?? '')
    },
    onData: (stream, bytes) => engine.consume(stream, bytes.length),
    onOutput() {
      if (isScheduled) return
      isScheduled = true
      setImmediate(flush)
    },
    onEnd() {},
    onReset() {},
    onStreamError() {},
    onStreamClosed() {},
    onPushPromise() {},
    onSettings() {},
    onSettingsAck() {},
    onPing() {},
    onPingAck() {},
    onGoaway() {},
    onPriority() {},
    onPriorityUpdate() {},
    onAltSvc() {},
    onOrigin() {},
    onSessionError() {},
  }
  const engine = new SessionEngine(
    'server',
    handler,
    sessionOptions({ settings: [[SETTINGS_MAX_CONCURRENT_STREAMS, 100]], ...options }),
  )
  const flush = (): void => {
    isScheduled = false
    let piece = engine.takeOutput()
    let mayGoOn = true
    while (piece !== undefined) {
      const written = piece
      mayGoOn = socket.write(piece, () => engine.releaseOutput(written))
      if (!mayGoOn) break
      piece = engine.takeOutput()
    }
    if (!mayGoOn) socket.once('drain', flush)
    else if (engine.isDestroyed) socket.end()
  }
  socket.on('data', chunk => engine.receive(chunk, performance.now()))
  socket.on('end', () => {
    engine.receiveEnd()
    socket.end()
  })
  socket.on('error', () => engine.receiveEnd())
  engine.start(performance.now())
}
