// `plainwire/http` as an ES module: the default export is the module itself, a namespace for types too.

import http = require('./http.cjs')

export * from './http.cjs'
export { http as default }
