// JavaScript that the compiler checks, as editors do.
// @ts-check

import http from 'plainwire/http'
import { connect } from 'plainwire/net'

/** @type {http.RequestOptions} */
const options = { port: 80 }
http.get(options, response => response.headers.location?.length)

/** @param {import('plainwire/net').Socket} socket */
function watch(socket) {
  socket.on('data', data => data.toString('utf8'))
}
watch(connect(80))

// @ts-expect-error a port is a number
connect({ port: [] })
