// The object that `require('querystring')` gives: one, writable. The functions call each other through it, so that a program's own
// `escape` or `unescape` counts; module.ts fills it.

export interface QueryString {
  unescapeBuffer(text: string, decodeSpaces?: boolean): Buffer<ArrayBuffer>
  unescape(text: string, decodeSpaces?: boolean): string
  escape(text: unknown): string
}

export const querystring = {} as QueryString
