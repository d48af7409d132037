export { dgram as default } from './module.ts'
export { createSocket, Socket } from './socket.ts'
