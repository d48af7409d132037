// Clients that send bytes as they are, and give back what comes.

import { FrameReader, frameMessage } from '../../src/dns/wire/framing.ts'
import { silentSink } from '../../src/host/index.ts'
import type { Endpoint, Host } from '../../src/host/types.ts'

type Target = Pick<Endpoint, 'address' | 'port'>

/** One datagram there, and the one that comes back. */
export function askUdp(host: Host, at: Target, query: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const port = host.bind(
      { family: 4, address: '127.0.0.1' },
      {
        onListening: () => port.send([query], at, () => {}),
        onMessage: bytes => {
          port.close()
          resolve(bytes)
        },
        onError: reject,
        onClose() {},
      },
    )
  })
}

/** One message there over a connection of its own, and the one that comes back. */
export function askTcp(host: Host, at: Target, query: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const frames = new FrameReader()
    const connection = host.connect(
      { kind: 'tcp', address: at.address, port: at.port },
      {
        ...silentSink,
        onConnect: () => connection.resume(),
        onData: chunk => {
          const [answer] = frames.receive(chunk)
          if (answer === undefined) return
          connection.destroy()
          resolve(answer)
        },
        onEnd: () => reject(new Error('the connection ended before the answer')),
        onError: reject,
      },
    )
    connection.write(frameMessage(query))
  })
}
