// A server that greets and then echoes, and a client that hears both: node echo.cjs [port]

const net = require('net')

const server = net
  .createServer(socket => {
    socket.on('end', () => console.log('server: nothing more comes from the client'))
    socket.write('Good evening, who is there?\n')
    socket.pipe(socket)
  })
  .on('error', error => {
    throw error
  })
  .listen(process.argv[2] ?? 0, () => {
    console.log('server: waiting for callers')
    call(server.address().port)
  })

function call(port) {
  let heard = ''
  const client = net.connect({ port }, () => console.log('client: connected'))
  client.setEncoding('utf8')
  client.on('data', text => {
    process.stdout.write(`client: hears ${text}`)
    heard += text
    if (heard === 'Good evening, who is there?\n') client.write('An echo, I suppose.\n')
    else client.end()
  })
  client.on('end', () => {
    console.log('client: nothing more comes from the server')
    server.close()
  })
}
