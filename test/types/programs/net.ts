// An echo over TCP and over a UNIX socket, lists of addresses, a socket of one's own.

import net, { type AddressInfo, BlockList, isIP, type Socket } from 'plainwire/net'

function echo(socket: Socket): void {
  socket.setTimeout(1000, () => socket.destroy())
  socket.on('data', data => socket.write(data.toString('latin1').toUpperCase(), 'latin1', error => error?.message))
  socket.on('close', hadError => hadError === true)
  socket.on('error', error => error.message)
  socket.on('end', () => socket.end())
}

const server: net.Server = net.createServer({ allowHalfOpen: true, noDelay: true }, echo)
server.on('connection', socket => socket.remoteAddress?.length)
server.on('drop', dropped => dropped?.remotePort?.toFixed())
server.listen(0, '127.0.0.1', 511, () => {
  const { port, family } = server.address() as AddressInfo
  net.connect(port, 'localhost', () => family.length).end('bye')
})
server.getConnections((error, count) => [error?.message, count.toFixed()])
server.listen('/tmp/echo').close(error => error?.message)

const blockList = new BlockList()
blockList.addSubnet('10.0.0.0', 8, 'ipv4')
const options: net.NetConnectOpts = {
  port: 80,
  host: 'example.test',
  autoSelectFamily: true,
  lookup: (hostname, _options, callback) => callback(null, hostname === 'one' ? '127.0.0.1' : '::1', 4),
}
export const socket: net.Socket = net.createConnection(options)
socket.on('lookup', (error, address, family, host) => [error?.message, address.length, String(family), host.length])
socket.on('connectionAttemptFailed', (ip, port, family, error) => [ip.length, port + family, error.message])
socket.once('connect', () => socket.localPort?.toFixed())
export const isOpen: boolean = socket.readyState === 'open'
export const rules: readonly string[] = blockList.rules
export const version: number = isIP('::1')
export const isBlocked: boolean = blockList.check(new net.SocketAddress({ address: '10.1.2.3' }))

export class Counted extends net.Socket {
  count = 0
  override destroySoon(): void {
    this.count += this.bytesRead
    super.destroySoon()
  }
}

// @ts-expect-error no such state
export const isClosing: boolean = socket.readyState === 'closing'
// @ts-expect-error a port is needed
net.connect({ host: 'localhost' })
// @ts-expect-error numbers are no bytes
socket.write(1)
