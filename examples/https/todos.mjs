// An HTTPS server and its clients in one process, with a certificate made on the spot: a GET of a page, a POST with a JSON
// body; both check the server's certificate, and the second connection resumes the session of the first: node todos.mjs [port]

import { Agent, createServer, get, request } from 'node:https'
import { makeCertificate } from '../certificate.mjs'

const authority = makeCertificate({ name: 'The authority of this program', isAuthority: true })
const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority })

const server = createServer({ key, cert }, (incoming, response) => {
  const resumed = incoming.socket.isSessionReused() ? 'resumed' : 'new'
  console.log(`server: ${incoming.method} ${incoming.url} over a ${resumed} ${incoming.socket.getProtocol()} session`)
  if (incoming.method === 'GET') {
    response.setHeader('Content-Type', 'text/html')
    response.end('<h1>Todos</h1>')
    return
  }
  let body = ''
  incoming.setEncoding('utf8')
  incoming.on('data', chunk => (body += chunk))
  incoming.on('end', () => {
    response.writeHead(201, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ added: JSON.parse(body).todo }))
  })
})

// One connection for each request: the agent keeps the session, not the connection.
const agent = new Agent({ keepAlive: false, ca: authority.cert })

server.listen(Number(process.argv[2] ?? 0), async () => {
  const { port } = server.address()
  await answered(get({ host: 'localhost', port, path: '/index.html', agent }))
  const post = { host: 'localhost', port, path: '/todos', method: 'POST', agent }
  const body = JSON.stringify({ todo: 'read' })
  await answered(request({ ...post, headers: { 'Content-Length': Buffer.byteLength(body) } }).end(body))
  await answered(get({ host: 'localhost', port, agent: new Agent() }))
  server.close(() => console.log('server: closed'))
})

function answered(outgoing) {
  return new Promise(resolve => {
    outgoing.on('error', error => {
      console.log(`client: refused: ${error.code}`)
      resolve()
    })
    outgoing.on('response', response => {
      const { authorized } = response.socket
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (text += chunk))
      response.on('end', () => {
        console.log(`client: ${response.statusCode} from ${authorized ? 'the right server' : 'somebody'}: ${text}`)
        resolve()
      })
    })
  })
}
