// A UDP server that answers every greeting with 'exit', and so ends its clients: node server.mjs [port]

import dgram from 'node:dgram'

const server = dgram.createSocket('udp4')

server
  .on('message', (message, { address, port }) => {
    console.log(`server: received ${message} from ${address}`)
    server.send('exit', 0, 4, port, 'localhost')
  })
  .on('listening', () => {
    const { address, port } = server.address()
    console.log(`server: listening on ${address}:${port}`)
  })
  .on('error', error => {
    console.error(`server: ${error.stack}`)
    server.close()
  })
  .on('close', () => console.log('server: closed'))
  .bind(Number(process.argv[2] ?? 8000))
