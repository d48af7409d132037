// The module's exports: those of `node:url`.

export { domainToASCII, domainToUnicode } from './domain.ts'
export { fileURLToPath, fileURLToPathBuffer, pathToFileURL } from './file-url.ts'
export { urlToHttpOptions } from './http-options.ts'
export { format, parse, resolve, resolveObject, Url } from './legacy.ts'
export { url as default } from './module.ts'
export { URLSearchParams } from './search-params.ts'
export { URL } from './url.ts'
export { URLPattern } from './url-pattern.ts'
