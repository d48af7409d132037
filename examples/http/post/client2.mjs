// Posts a name to server.mjs, and ends its body only when the answer has come: node client2.mjs [port]

import http from 'node:http'

const options = {
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 3001),
  path: '/todos',
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
}
const request = http.request(options, response => {
  response.on('data', data => {
    console.log(`client 2: ${response.statusCode} ${response.statusMessage}: ${data}`)
    request.end()
  })
  request.on('close', () => console.log('client 2: closed'))
  request.on('error', error => console.error(error))
})
request.write(JSON.stringify({ name: 'jonas' }))
