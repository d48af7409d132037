// The object that `require('url')` gives: one, writable, as programs expect of Node's.

import { domainToASCII, domainToUnicode } from './domain.ts'
import { fileURLToPath, fileURLToPathBuffer, pathToFileURL } from './file-url.ts'
import { urlToHttpOptions } from './http-options.ts'
import { format, parse, resolve, resolveObject, Url } from './legacy/legacy.ts'
import { URLPattern } from './pattern/url-pattern.ts'
import { URLSearchParams } from './search-params/search-params.ts'
import { URL } from './url.ts'

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
