// `plainwire/dns` as an ES module: the default export is the module itself, a namespace for types too.

import dns = require('./dns.cjs')

export * from './dns.cjs'
export { dns as default }
