// The object that `require('querystring')` returns: a single, writable one. The functions call each other through it, so that an
// `escape` or `unescape` that a program puts there takes effect; module.ts fills it.

export interface QueryString {
  unescapeBuffer(text: string, decodeSpaces?: boolean): Buffer<ArrayBuffer>
  unescape(text: string, decodeSpaces?: boolean): string
  escape(text: unknown): string
}

export const querystring = {} as QueryString
