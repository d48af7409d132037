// Sends two buffers as one datagram to server.mjs on this machine, and goes: node several-buffers.mjs [port]

import dgram from 'node:dgram'

const client = dgram.createSocket('udp4')
client.send([Buffer.from('Some '), Buffer.from('bytes')], Number(process.argv[2] ?? 8000), error => {
  console.log(error === null ? 'client: sent' : `client: ${error.message}`)
  client.close()
})
