// One TLS port for HTTP/2 and HTTP/1.1: a page that pushes its style sheet, a file, and what a request came by.
import http2 from 'node:http2'
import https from 'node:https'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '../certificate.mjs'

const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority })
const server = http2.createSecureServer({ key, cert, allowHTTP1: true })

server.on('stream', (stream, headers) => {
  if (headers[':path'] === '/page') {
    stream.pushStream({ ':path': '/style.css' }, (error, push) => {
      if (error) throw error
      push.respond({ 'content-type': 'text/css' })
      push.end('body { color: teal }')
    })
    stream.respond({ 'content-type': 'text/html' })
    stream.end('<link rel="stylesheet" href="/style.css">')
  } else if (headers[':path'] === '/file') {
    const file = fileURLToPath(import.meta.url)
    const offset = '// One TLS port for '.length
    stream.respondWithFile(file, { 'content-type': 'text/plain' }, { offset, length: 'HTTP/2'.length })
  } else if (headers[':path'] === '/none') {
    stream.respondWithFile('/does/not/exist', undefined, {
      onError() {
        stream.respond({ ':status': 404 })
        stream.end()
      },
    })
  }
})

server.on('request', (request, response) => {
  if (request.url !== '/which') return
  const { alpnProtocol } = (request.stream?.session ?? request).socket
  response.end(`${request.httpVersion} over ${alpnProtocol}`)
})

await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const session = http2.connect(`https://localhost:${port}`, { ca: authority.cert })

function get(path) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path })
    let text = ''
    let status
    stream.on('response', headers => {
      status = headers[':status']
    })
    stream.on('data', chunk => {
      text += chunk
    })
    stream.on('end', () => resolve(text || status))
    stream.on('error', reject)
  })
}

const pushed = new Promise(resolve => {
  session.on('stream', (push, headers) => {
    let text = ''
    push.on('data', chunk => {
      text += chunk
    })
    push.on('end', () => resolve(`pushed ${headers[':path']}: ${text}`))
  })
})
console.log(`page: ${await get('/page')}`)
console.log(await pushed)
console.log(`part of the file: ${await get('/file')}`)
console.log(`what is not there: ${await get('/none')}`)
console.log(await get('/which'))
session.close()

https.get({ port, path: '/which', host: 'localhost', ca: authority.cert, agent: false }, response => {
  response.setEncoding('utf8')
  response.on('data', text => console.log(text))
  response.on('end', () => server.close())
})
