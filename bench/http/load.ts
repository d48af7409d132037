// Load generators that cost the server's process nothing: raw sockets that send ready-made requests and count answers by
// their length.

import net from 'node:net'

/** Connections that stay open, each with one request under way at a time while a run lasts. */
export class Connections {
  readonly #sockets: net.Socket[] = []
  readonly #request: Buffer
  #answered: (socket: net.Socket) => void = () => {}

  private constructor(request: Buffer) {
    this.#request = request
  }

  static async open(port: number, count: number, request: Buffer): Promise<Connections> {
    const connections = new Connections(request)
    // Some hundred at a time: what waits to be accepted has its bounds too.
    const width = Math.min(count, 200)
    await Promise.all(
      Array.from({ length: width }, async (_, i) => {
        for (let at = i; at < count; at += width) await connections.#add(port)
      }),
    )
    return connections
  }

  /** @returns how many answers came, the last of them a little after `ms` */
  run(ms: number): Promise<number> {
    const until = performance.now() + ms
    return new Promise(resolve => {
      let operations = 0
      // With many connections not all are at work at once, or a run would end long after its time.
      const width = Math.min(this.#sockets.length, 200)
      let open = width
      const [working, waiting] = [this.#sockets.slice(0, width), this.#sockets.slice(width)]
      this.#answered = socket => {
        operations++
        if (performance.now() >= until) {
          if (--open === 0) resolve(operations)
          return
        }
        // Round and round: each connection in its turn.
        waiting.push(socket)
        waiting.shift()?.write(this.#request)
      }
      for (const socket of working) socket.write(this.#request)
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #add(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => {
        this.#sockets.push(socket)
        resolve()
      })
      let expected = 0
      let received = 0
      socket.on('error', reject)
      socket.on('data', chunk => {
        received += chunk.length
        if (expected === 0) expected = lengthOfAnswer(chunk as Buffer)
        if (received < expected) return
        received = 0
        this.#answered(socket)
      })
    })
  }
}

/** A connection for each request, some at a time. @returns how many answers came */
export async function runWithOwnConnections(port: number, request: Buffer, ms: number): Promise<number> {
  const until = performance.now() + ms
  let operations = 0
  const worker = async () => {
    while (performance.now() < until) {
      await askOnce(port, request)
      operations++
    }
  }
  await Promise.all(Array.from({ length: 20 }, worker))
  return operations
}

function askOnce(port: number, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request))
    let received = 0
    let expected = 0
    socket.on('error', reject)
    socket.on('data', chunk => {
      received += chunk.length
      if (expected === 0) expected = lengthOfAnswer(chunk as Buffer)
      if (received < expected) return
      socket.destroy()
      resolve()
    })
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
