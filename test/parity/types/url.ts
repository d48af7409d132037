// The compiler's verdict on url: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:url'
import * as ours from '../../../src/url/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'url'> = ours

/** Every export by name: the compiler counts along. */
export const names: Record<keyof typeof Theirs, true> = {
  domainToASCII: true,
  domainToUnicode: true,
  fileURLToPath: true,
  fileURLToPathBuffer: true,
  format: true,
  parse: true,
  pathToFileURL: true,
  resolve: true,
  URL: true,
  URLPattern: true,
  URLSearchParams: true,
  urlToHttpOptions: true,
}
