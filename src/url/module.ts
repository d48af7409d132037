// The object that `require('url')` gives: one, writable, as programs expect of Node's.

import { domainToASCII, domainToUnicode } from './domain.ts'
import { fileURLToPath, fileURLToPathBuffer, pathToFileURL } from './file-url.ts'
import { urlToHttpOptions } from './http-options.ts'
import { format, parse, resolve, resolveObject, Url } from './legacy.ts'
import { URLSearchParams } from './search-params.ts'
import { URL } from './url.ts'
import { URLPattern } from './url-pattern.ts'

type Exports = Omit<typeof import('./index.ts'), 'default'>

export const url: Exports = {
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
