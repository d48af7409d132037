// Sessions and streams, the API of http on top of them, and the constants.

import http2, { type ClientHttp2Session, constants, type ServerHttp2Stream } from 'plainwire/http2'

const { HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS, NGHTTP2_CANCEL } = constants

function answer(stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
  stream.respond({ [HTTP2_HEADER_STATUS]: 200, 'content-type': 'text/plain' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-path': headers[':path'] }))
  if (stream.pushAllowed) {
    stream.pushStream({ [HTTP2_HEADER_PATH]: '/style.css' }, (error, push) => {
      if (error === null)
        push.respondWithFile('style.css', {}, { statCheck: (stat, fields) => void (fields['x'] = stat.size) })
    })
  }
  stream.end('hello')
}

const server = http2.createServer({ settings: { enableConnectProtocol: true } })
server.on('stream', (stream: ServerHttp2Stream, headers, flags) => {
  flags.toFixed()
  answer(stream, headers)
})
server.on('session', session => session.setTimeout(1000, () => session.close()))
server.on('sessionError', error => error.message)
server.listen(8000)

export const secure = http2.createSecureServer(
  { allowHTTP1: true, key: 'key', cert: 'certificate' },
  (request, response) => {
    request.on('data', chunk => chunk.length)
    response.stream.priority({})
    response.writeHead(200, { 'content-type': 'text/plain' }).end(request.authority)
  },
)
secure.on('unknownProtocol', socket => socket.end())

export function ask(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'GET', ':path': '/' }, { endStream: true })
    stream.on('response', headers => resolve(headers[':status'] ?? 0))
    stream.on('push', headers => headers[':path']?.length)
    stream.on('error', reject)
    stream.setTimeout(1000, () => stream.close(NGHTTP2_CANCEL))
  })
}

const client = http2.connect('http://localhost:8000', { maxReservedRemoteStreams: 10 }, session => session.ref())
client.on('altsvc', (alt, origin, stream) => [alt.length, origin.length, stream.toFixed()])
client.on('remoteSettings', ({ maxConcurrentStreams }) => maxConcurrentStreams?.toFixed())
client.ping((error, duration, payload) => [error?.message, duration.toFixed(), payload.length])
export const packed: Uint8Array = http2.getPackedSettings({ initialWindowSize: 1 << 20 })
export const windowSize: number | undefined = http2.getUnpackedSettings(packed).initialWindowSize
export const answered = ask(client)

// @ts-expect-error there is no such setting
http2.getPackedSettings({ initialWindow: 1 })
// @ts-expect-error a status is no header of requests' types
client.request({}, { endStream: 'yes' })
