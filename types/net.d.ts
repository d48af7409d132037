// `plainwire/net` as an ES module: the default export is the module itself, a namespace for types too.

import net = require('./net.cjs')

export * from './net.cjs'
export { net as default }
