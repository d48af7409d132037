// Takes the place of types/own/buffer.d.ts, as stream.d.ts says.

import type * as node from 'node:buffer'

export type Buffer = node.NonSharedBuffer
export type GivenBuffer = node.Buffer
export type BufferEncoding = globalThis.BufferEncoding
export type BytesView = NodeJS.ArrayBufferView
