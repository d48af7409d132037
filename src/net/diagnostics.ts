// The channels that Node names in its documentation of `diagnostics_channel`, for net.

import { channel, tracingChannel } from 'node:diagnostics_channel'

export const clientSocketChannel = channel('net.client.socket')
export const serverSocketChannel = channel('net.server.socket')
export const serverListenChannel = tracingChannel('net.server.listen')
