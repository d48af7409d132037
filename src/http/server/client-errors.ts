// What a server says to a peer whose bytes were no request: 'clientError' if the program listens to it, else a short
// answer of its own.

import type { EventEmitter } from 'node:events'
import type { Socket } from '../../net/internal.ts'
import { STATUS_CODES } from '../constants.ts'
import { hasListener } from '../has-listener.ts'

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** @param code - of the error */
export function refusal(code: string | undefined): string {
  const status = statuses[code ?? ''] ?? 400
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`
}

/** @returns whether somebody listens, who then answers or closes the socket */
export function emitClientError(server: EventEmitter, error: Error, socket: () => Socket): boolean {
  return hasListener(server, 'clientError') && server.emit('clientError', error, socket())
}
