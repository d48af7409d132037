// A server and a client in one process exchange a greeting: node greeting.mjs [port]

import net from 'net'

const server = net.createServer(socket => {
  const { remoteAddress, remotePort } = socket
  socket.on('data', data => {
    console.log(`server: ${remoteAddress}:${remotePort} asks: ${data}`)
    socket.write('world')
  })
  socket.on('end', () => console.log('server: the client has said good-bye'))
})

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { address, port } = server.address()
  console.log(`server: listening on ${address}`)

  // No host: localhost, whichever of its addresses answers.
  const client = net.createConnection(port, () => client.write('hello'))
  client.on('data', data => {
    console.log(`client: ${client.remoteAddress} answers: ${data}`)
    client.end()
  })
  client.on('close', () => {
    console.log('client: closed')
    server.close(() => console.log('server: closed'))
  })
})
