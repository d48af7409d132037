// The TLS engine on the runtime's own sockets, for peers that only speak over real ones.

import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TlsEngineConfig, TlsEngineHandler } from '../../src/tls/engine/types.ts'
import { Recorded } from '../tls/engine/pair.ts'

/** Joins an engine and a socket. `closed` is settled when the socket has closed. */
export function attach(
  socket: Socket,
  config: TlsEngineConfig,
  more: Partial<TlsEngineHandler> = {},
): { recorded: Recorded; closed: Promise<void> } {
  const recorded: Recorded = new Recorded(config, {
    onOutput: () => {
      for (const bytes of recorded.engine.takeOutput()) socket.write(bytes)
    },
    onCloseNotify: () => {
      recorded.events.push('close')
      recorded.engine.closeNotify()
      socket.end()
    },
    ...more,
  })
  socket.on('data', (data: Buffer) => recorded.engine.receive(data))
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  return { recorded, closed }
}

/** Answers each piece of data with itself in capitals, and closes after `bye`. */
export async function shoutingServer(
  config: TlsEngineConfig,
  more: Partial<TlsEngineHandler> = {},
): Promise<{ server: Server; port: number; all: Recorded[] }> {
  const all: Recorded[] = []
  const server = createServer(socket => {
    const { recorded } = attach(socket, config, {
      onData: data => {
        const text = Buffer.from(data).toString()
        recorded.data.push(new Uint8Array(data))
        recorded.engine.write(Buffer.from(text.toUpperCase()))
        if (text.includes('bye')) recorded.engine.closeNotify()
      },
      ...more,
    })
    all.push(recorded)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0, all }
}

/** Sends `text` once the handshake is done, and gives what was told when the other side has closed. */
export async function talk(
  port: number,
  config: TlsEngineConfig,
  text: string,
  isEnough: (recorded: Recorded) => boolean = () => false,
): Promise<Recorded> {
  const socket = connect(port, '127.0.0.1')
  const { recorded, closed } = attach(socket, config, {
    onHandshakeDone: () => {
      recorded.events.push('done')
      recorded.engine.write(Buffer.from(text))
    },
    onData: data => {
      recorded.data.push(new Uint8Array(data))
      if (!isEnough(recorded)) return
      recorded.engine.closeNotify()
      socket.end(Buffer.concat(recorded.engine.takeOutput()))
    },
  })
  socket.on('connect', () => recorded.engine.start())
  await closed
  return recorded
}
