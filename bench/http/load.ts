// A load generator that costs the server's process nothing: raw sockets that send ready-made requests and count answers
// by their length.

import net from 'node:net'

export interface Load {
  readonly port: number
  readonly connections: number
  readonly requests: number
  readonly request: Buffer
  /** A connection for each request. */
  readonly closes?: boolean
}

/** Resolves when all answers have come. */
export function run(load: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let done = 0
    const open = () => {
      const socket = net.connect({ port: load.port, host: '127.0.0.1', noDelay: true })
      let expected = 0
      let received = 0
      const send = () => {
        if (sent >= load.requests) {
          socket.destroy()
          return
        }
        sent++
        socket.write(load.request)
      }
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('data', chunk => {
        received += chunk.length
        if (expected === 0) expected = lengthOfAnswer(chunk as Buffer)
        if (received < expected) return
        received = 0
        if (load.closes) {
          expected = 0
          socket.destroy()
        }
        if (++done === load.requests) resolve()
        else if (load.closes) open()
        else send()
      })
    }
    for (let i = 0; i < Math.min(load.connections, load.requests); i++) open()
  })
}

/** Head and body together. */
function lengthOfAnswer(chunk: Buffer): number {
  const text = chunk.toString('latin1')
  const head = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)
  return head + 4 + Number(length?.[1])
}

/** Open connections that have had one answer each and wait. */
export async function openIdle(port: number, count: number, request: Buffer): Promise<net.Socket[]> {
  const sockets: net.Socket[] = []
  for (let i = 0; i < count; i++) {
    const socket = net.connect({ port, host: '127.0.0.1' })
    sockets.push(socket)
    await new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('data', resolve)
      socket.write(request)
    })
  }
  return sockets
}
