// The module's exports: those of `node:url`.

export { domainToASCII, domainToUnicode } from './domain.ts'
export { fileURLToPath, fileURLToPathBuffer, pathToFileURL } from './file-url.ts'
export { urlToHttpOptions } from './http-options.ts'
export { format, parse, resolve, resolveObject, Url } from './legacy/legacy.ts'
export { url as default } from './module.ts'
export { URLPattern } from './pattern/url-pattern.ts'
export { URLSearchParams } from './search-params/search-params.ts'
export { URL } from './url.ts'
