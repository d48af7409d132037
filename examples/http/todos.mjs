// An HTTP server and its clients in one process: two GETs with a query, and a POST whose body is not ended before the
// answer has come: node todos.mjs [port]

import { createServer, request } from 'node:http'

const server = createServer((incoming, response) => {
  const { searchParams } = new URL(incoming.url, 'http://localhost')
  console.log(`server: ${incoming.method} ${incoming.url}`)
  const answer = name => {
    response.writeHead(200, 'OK', { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ name, todos: ['read', 'write'] }))
  }
  if (incoming.method === 'POST') incoming.once('data', data => answer(JSON.parse(data).name))
  else answer(searchParams.get('name'))
})

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', async () => {
  const { port } = server.address()
  await ask('client 1', { port, path: '/todos?name=mira' })
  await ask('client 2', { port, path: '/todos?name=jonas' })
  await ask('client 3', { port, path: '/todos', method: 'POST' }, JSON.stringify({ name: 'ada' }))
  server.close(() => console.log('server: closed'))
})

function ask(client, options, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', ...options })
    outgoing.on('error', reject)
    outgoing.on('close', resolve)
    outgoing.on('response', response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (text += chunk))
      response.on('end', () => {
        console.log(`${client}: ${response.statusCode} ${response.statusMessage}: ${text}`)
        outgoing.end()
      })
    })
    if (body === undefined) outgoing.end()
    else outgoing.write(body)
  })
}
