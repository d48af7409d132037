// A proxy over HTTP/2: CONNECT opens a tunnel to a TCP server, all else is refused.
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'

const { NGHTTP2_CONNECT_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants

const web = http.createServer((_request, response) => response.end('hello from behind the proxy'))
await new Promise(resolve => web.listen(0, '127.0.0.1', resolve))

const proxy = http2.createServer()
proxy.on('stream', (stream, headers) => {
  stream.on('error', () => {})
  if (headers[':method'] !== 'CONNECT') {
    stream.close(NGHTTP2_REFUSED_STREAM)
    return
  }
  const { hostname, port } = new URL(`tcp://${headers[':authority']}`)
  const socket = net.connect(port, hostname, () => {
    stream.respond()
    socket.pipe(stream)
    stream.pipe(socket)
  })
  socket.on('error', () => stream.close(NGHTTP2_CONNECT_ERROR))
})
await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))

const session = http2.connect(`http://127.0.0.1:${proxy.address().port}`)
const tunnel = session.request({ ':method': 'CONNECT', ':authority': `127.0.0.1:${web.address().port}` })
tunnel.end('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n')
let text = ''
tunnel.setEncoding('utf8')
tunnel.on('data', chunk => {
  text += chunk
})
tunnel.on('end', () => {
  console.log(`through the tunnel: ${text.split('\r\n')[0]}, ${text.split('\r\n\r\n')[1]}`)
  const refused = session.request({ ':path': '/' })
  refused.on('error', error => console.log(`GET is refused: ${error.message.split(' ').at(-1)}`))
  refused.on('close', () => {
    session.close()
    proxy.close()
    web.close()
  })
})
