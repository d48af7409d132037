// The object that `require('dgram')` gives: one, writable, as programs expect of Node's.

import { createSocket, Socket } from './socket.ts'

export const dgram = { createSocket, Socket }
