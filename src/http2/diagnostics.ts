// Channels of node:diagnostics_channel on which Node's http2 reports, under the same names.

import { channel } from 'node:diagnostics_channel'

export const clientCreated = channel('http2.client.stream.created')
export const clientStart = channel('http2.client.stream.start')
export const clientError = channel('http2.client.stream.error')
export const clientBodyChunkSent = channel('http2.client.stream.bodyChunkSent')
export const clientBodySent = channel('http2.client.stream.bodySent')
export const clientFinish = channel('http2.client.stream.finish')
export const clientClose = channel('http2.client.stream.close')
export const serverCreated = channel('http2.server.stream.created')
export const serverStart = channel('http2.server.stream.start')
export const serverError = channel('http2.server.stream.error')
export const serverFinish = channel('http2.server.stream.finish')
export const serverClose = channel('http2.server.stream.close')
