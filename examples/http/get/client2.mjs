// Asks server.mjs for what jonas has to do: node client2.mjs [port]

import http from 'node:http'

const options = { host: '127.0.0.1', port: Number(process.argv[2] ?? 3001), path: '/todos?name=jonas' }
const request = http.get(options, response => {
  response.on('data', data => {
    console.log(`client 2: ${response.statusCode} ${response.statusMessage}: ${data}`)
    request.end()
  })
  request.on('close', () => console.log('client 2: closed'))
  request.on('error', error => console.error(error))
})
