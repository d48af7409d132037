import { qsEscape, qsUnescape, unescapeBuffer } from './escape.ts'
import { querystring as object } from './object.ts'
import { parse } from './parse.ts'
import { stringify } from './stringify.ts'

const functions = {
  unescapeBuffer,
  unescape: qsUnescape,
  escape: qsEscape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
}

export const querystring = Object.assign(object, functions) as typeof functions
