// HTTP/1.1 requests made by hand over a socket.

import { createConnection } from 'node:net'

/** @param where - what `net.createConnection` takes: a port and host, or the path of a UNIX socket */
export function get(where, target) {
  return exchange(where, `GET ${target} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`)
}

export function post(where, target, form) {
  const head = [
    `POST ${target} HTTP/1.1`,
    'Host: www.example.com',
    'Content-Type: application/x-www-form-urlencoded',
    // In bytes, not in characters.
    `Content-Length: ${Buffer.byteLength(form)}`,
    'Connection: close',
  ]
  return exchange(where, `${head.join('\r\n')}\r\n\r\n${form}`)
}

function exchange(where, request) {
  return new Promise((resolve, reject) => {
    const chunks = []
    const socket = createConnection(where, () => {
      console.log('client: connected to the server')
      socket.write(request, 'utf8', () => console.log(`client: sent ${request.split('\r\n', 1)[0]}`))
    })
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const end = bytes.indexOf('\r\n\r\n')
      const [statusLine] = bytes.toString('latin1', 0, end).split('\r\n')
      const body = bytes.subarray(end + 4)
      console.log(`client: received ${statusLine}, ${body.length} bytes of body`)
      resolve(body)
    })
  })
}
