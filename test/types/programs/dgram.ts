// Datagrams in every form of send(), and what comes back.

import dgram, { type RemoteInfo } from 'plainwire/dgram'

const socket: dgram.Socket = dgram.createSocket({ type: 'udp4', reuseAddr: true }, (message, remote) => {
  const { address, port, family }: RemoteInfo = remote
  socket.send(message, port, address, (error, bytes) => [error?.message, bytes.toFixed(), family === 'IPv6'])
})
socket.on('message', (message, remote) => [message.toString('hex'), remote.size.toFixed()])
socket.on('listening', () => socket.address().port.toFixed())
socket.on('error', error => socket.close(() => error.message))
socket.bind(0, '127.0.0.1', () => socket.setBroadcast(true))
socket.addMembership('239.0.0.1')
socket.send(['a', new Uint8Array(3)], 9, 'localhost')
socket.send('text', 0, 2, 9)
socket.connect(9, () => socket.send('connected'))
export const bytes: number = socket.getSendQueueSize()
export const same: dgram.Socket = socket.ref().unref()

// @ts-expect-error no such kind of socket
dgram.createSocket('udp5')
// @ts-expect-error a number is no message
socket.send(5)
