// `plainwire/http2` as an ES module: the default export is the module itself, a namespace for types too.

import http2 = require('./http2.cjs')

export * from './http2.cjs'
export { http2 as default }
