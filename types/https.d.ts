// `plainwire/https` as an ES module: the default export is the module itself, a namespace for types too.

import https = require('./https.cjs')

export * from './https.cjs'
export { https as default }
