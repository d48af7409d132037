// `plainwire/dns/promises` as an ES module: the default export is the module itself, a namespace for types too.

import promises = require('./promises.cjs')

export * from './promises.cjs'
export { promises as default }
