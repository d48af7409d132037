// An HTTP/1.1 server made by hand: reads requests off a socket, writes responses as bytes.

const net = require('net')

const page = '<!doctype html><title>By hand</title><p>This page came without the http module.</p>\n'
// One transparent pixel.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

module.exports = function createRawHttpServer() {
  return net.createServer(socket => {
    let received = Buffer.alloc(0)
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      const request = readRequest(received)
      if (request === undefined) return
      console.log(`server: ${request.method} ${request.target}, ${request.body.length} bytes of body`)
      // One write for head and body; `end` closes the connection, which ends the message too.
      socket.end(respond(request))
    })
    socket.on('error', error => console.log(`server: ${error.code}`))
  })
}

/** The head ends with an empty line; Content-Length says how many bytes of body follow. */
function readRequest(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [requestLine, ...fieldLines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method, target] = requestLine.split(' ')
  const fields = new Map(
    fieldLines.map(line => [line.split(':', 1)[0].toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const length = Number(fields.get('content-length') ?? 0)
  const body = bytes.subarray(end + 4)
  return body.length < length ? undefined : { method, target, fields, body: body.subarray(0, length) }
}

function respond({ method, target, fields, body }) {
  if (method === 'GET' && target === '/index.html') return response('200 OK', 'text/html', Buffer.from(page))
  if (method === 'GET' && target === '/picture.png') return response('200 OK', 'image/png', picture)
  if (method === 'POST' && fields.get('content-type') === 'application/x-www-form-urlencoded') {
    const form = Object.fromEntries(new URLSearchParams(body.toString()))
    return response('200 OK', 'application/json', Buffer.from(JSON.stringify(form)))
  }
  return response('404 Not Found', 'text/plain', Buffer.from('no such page\n'))
}

function response(status, type, body) {
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
