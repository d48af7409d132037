// `plainwire/tls` as an ES module: the default export is the module itself, a namespace for types too.

import tls = require('./tls.cjs')

export * from './tls.cjs'
export { tls as default }
