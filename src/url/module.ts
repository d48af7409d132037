// The object that `require('url')` gives: one, writable, as programs expect of Node's.

import { domainToASCII, domainToUnicode } from './domain.ts'
import { fileURLToPath, fileURLToPathBuffer, pathToFileURL } from './file-url.ts'
import { urlToHttpOptions } from './http-options.ts'
import { format, parse, resolve, resolveObject, Url } from './legacy/legacy.ts'
import { URLPattern } from './pattern/url-pattern.ts'
import { URLSearchParams } from './search-params/search-params.ts'
import { URL } from './url.ts'

export const url: {
  Url: typeof Url
  parse: typeof parse
  resolve: typeof resolve
  resolveObject: typeof resolveObject
  format: typeof format
  URL: typeof URL
  URLPattern: typeof URLPattern
  URLSearchParams: typeof URLSearchParams
  domainToASCII: typeof domainToASCII
  domainToUnicode: typeof domainToUnicode
  pathToFileURL: typeof pathToFileURL
  fileURLToPath: typeof fileURLToPath
  fileURLToPathBuffer: typeof fileURLToPathBuffer
  urlToHttpOptions: typeof urlToHttpOptions
} = {
  Url,
  parse,
  resolve,
  resolveObject,
  format,
  URL,
  URLPattern,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  urlToHttpOptions,
}
