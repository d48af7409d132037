// Greets server.mjs and stays until it is told to go: node client.mjs [port]

import dgram from 'node:dgram'

const client = dgram.createSocket('udp4')

client
  .on('message', (message, { address }) => {
    console.log(`client: received ${message} from ${address}`)
    if (String(message) === 'exit') client.close()
  })
  .on('error', error => {
    console.error(`client: ${error.stack}`)
    client.close()
  })
  .on('close', () => console.log('client: closed'))
  .bind()

const greeting = 'Hello World'
client.send(greeting, 0, greeting.length, Number(process.argv[2] ?? 8000), 'localhost')
