// Takes the place of types/own/runtime.d.ts, as stream.d.ts says.

export type { X509Certificate } from 'node:crypto'
export type ErrnoException = NodeJS.ErrnoException
export type AbortSignal = globalThis.AbortSignal
export type Headers = globalThis.Headers
export type WebSocketConstructor = typeof globalThis.WebSocket
export type CloseEventConstructor = typeof globalThis.CloseEvent
export type MessageEventConstructor = typeof globalThis.MessageEvent
