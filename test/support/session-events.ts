// A handler of a session engine that writes down what it was told, so that tests compare whole conversations.

import type { EngineError, EngineStream, HeaderBlock, Session, SessionHandler } from '../../src/http2/engine/types.ts'

/** What a test may do when an event comes. */
export type Reactions = Partial<SessionHandler>

export class SessionEvents implements SessionHandler {
  /** Each event as a line: `headers 1 request end :method=GET ...`. */
  readonly lines: string[] = []
  readonly streams = new Map<number, EngineStream>()
  /** Bytes of data by stream. */
  readonly data = new Map<number, number>()
  error: EngineError | undefined
  streamErrors: EngineError[] = []
  wakes = 0
  reactions: Reactions

  constructor(reactions: Reactions = {}) {
    this.reactions = reactions
  }

  /** The lines since the last call. */
  take(): string[] {
    return this.lines.splice(0)
  }

  stream(id: number): EngineStream {
    const stream = this.streams.get(id)
    if (stream === undefined) throw new Error(`no stream ${id} was told of`)
    return stream
  }

  onHeaders(stream: EngineStream, block: HeaderBlock, part: 'request', endStream: boolean): void {
    this.streams.set(stream.id, stream)
    this.lines.push(`${part} ${stream.id}${endStream ? ' end' : ''} ${fieldText(block)}`)
    this.reactions.onHeaders?.(stream, block, part, endStream)
  }
  onData(stream: EngineStream, bytes: Uint8Array): void {
    this.data.set(stream.id, (this.data.get(stream.id) ?? 0) + bytes.length)
    const last = this.lines.at(-1) ?? ''
    const line = `data ${stream.id} `
    // Pieces are joined: how the bytes came is not what the tests are about.
    const text = Buffer.from(bytes.subarray(0, mostText)).toString('latin1')
    if (!last.startsWith(line)) this.lines.push(line + text)
    else if (last.length <= mostText) this.lines[this.lines.length - 1] = last + text
    this.reactions.onData?.(stream, bytes)
  }
  onEnd(stream: EngineStream, withHead: boolean): void {
    this.lines.push(`end ${stream.id}`)
    this.reactions.onEnd?.(stream, withHead)
  }
  onReset(stream: EngineStream, code: number): void {
    this.lines.push(`reset ${stream.id} ${code}`)
    this.reactions.onReset?.(stream, code)
  }
  onStreamError(stream: EngineStream, error: EngineError): void {
    this.lines.push(`stream-error ${stream.id} ${error.code} ${error.reason}`)
    this.streamErrors.push(error)
    this.reactions.onStreamError?.(stream, error)
  }
  onStreamClosed(stream: EngineStream, code: number): void {
    this.lines.push(`closed ${stream.id} ${code}`)
    this.reactions.onStreamClosed?.(stream, code)
  }
  onPushPromise(stream: EngineStream, promised: EngineStream, block: HeaderBlock): void {
    this.streams.set(promised.id, promised)
    this.lines.push(`promise ${stream.id} ${promised.id} ${fieldText(block)}`)
    this.reactions.onPushPromise?.(stream, promised, block)
  }
  onSettings(settings: Session['remoteSettings']): void {
    this.lines.push('settings')
    this.reactions.onSettings?.(settings)
  }
  onSettingsAck(): void {
    this.lines.push('settings-ack')
    this.reactions.onSettingsAck?.()
  }
  onPing(payload: Uint8Array): void {
    this.lines.push(`ping ${Buffer.from(payload).toString('latin1')}`)
    this.reactions.onPing?.(payload)
  }
  onPingAck(payload: Uint8Array): void {
    this.lines.push(`ping-ack ${Buffer.from(payload).toString('latin1')}`)
    this.reactions.onPingAck?.(payload)
  }
  onGoaway(code: number, lastStreamId: number, data: Uint8Array): void {
    this.lines.push(`goaway ${code} ${lastStreamId} ${Buffer.from(data).toString('latin1')}`)
    this.reactions.onGoaway?.(code, lastStreamId, data)
  }
  onPriority(streamId: number, parentId: number, weight: number, exclusive: boolean): void {
    this.lines.push(`priority ${streamId} ${parentId} ${weight} ${exclusive}`)
    this.reactions.onPriority?.(streamId, parentId, weight, exclusive)
  }
  onPriorityUpdate(streamId: number, value: string): void {
    this.lines.push(`priority-update ${streamId} ${value}`)
    this.reactions.onPriorityUpdate?.(streamId, value)
  }
  onAltSvc(streamId: number, origin: string, value: string): void {
    this.lines.push(`altsvc ${streamId} ${origin} ${value}`)
    this.reactions.onAltSvc?.(streamId, origin, value)
  }
  onOrigin(origins: readonly string[]): void {
    this.lines.push(`origin ${origins.join(' ')}`)
    this.reactions.onOrigin?.(origins)
  }
  onSessionError(error: EngineError): void {
    this.error = error
    this.lines.push(`error ${error.code} ${error.reason}`)
    this.reactions.onSessionError?.(error)
  }
  onOutput(): void {
    this.wakes++
    this.reactions.onOutput?.()
  }
}

/** Of data, what a line shows at most. */
const mostText = 200

function fieldText(block: HeaderBlock): string {
  const fields: string[] = []
  for (let i = 0; i < block.pairs.length; i += 2) fields.push(`${block.pairs[i]}=${block.pairs[i + 1]}`)
  return fields.join(' ')
}
