// The channel that Node names in its documentation of `diagnostics_channel`, for dgram.

import { channel } from 'node:diagnostics_channel'

export const socketChannel = channel('udp.socket')
