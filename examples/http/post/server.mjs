// A server that answers a POST as soon as its body's first piece has come: node server.mjs [port]

import http from 'node:http'

const todosOf = {
  mira: [{ name: 'birthday', introduce: 'bake a cake' }],
  jonas: [{ name: 'hospital', introduce: 'see the doctor' }],
}

const server = http
  .createServer((request, response) => {
    request.on('data', data => {
      console.log(`server: received ${request.method} ${request.url} ${data}`)
      const { name } = JSON.parse(data.toString())
      response.statusCode = 200
      response.setHeader('Content-Type', 'text/plain')
      response.end(JSON.stringify(todosOf[name] ?? ''))
    })
  })
  .listen(Number(process.argv[2] ?? 3001), '127.0.0.1', () => {
    const { address, port } = server.address()
    console.log(`server: listening on ${address}:${port}`)
  })
