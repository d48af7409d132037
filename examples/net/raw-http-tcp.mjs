// A GET for a page, a GET for a picture and a POST of a form, by hand over TCP: node raw-http-tcp.mjs [port]

import { once } from 'node:events'
import { get, post } from './raw-http-client.mjs'
import createRawHttpServer from './raw-http-server.cjs'

const server = createRawHttpServer().listen(Number(process.argv[2] ?? 0), '127.0.0.1')
await once(server, 'listening')
const where = { host: '127.0.0.1', port: server.address().port }

console.log(`client: the page: ${(await get(where, '/index.html')).toString().trim()}`)
console.log(`client: the picture begins with ${(await get(where, '/picture.png')).subarray(1, 4)}`)
console.log(`client: the form came back as ${await post(where, '/form', 'name=Zoë&age=30')}`)
server.close(() => console.log('server: closed'))
