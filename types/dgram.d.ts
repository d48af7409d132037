// `plainwire/dgram` as an ES module: the default export is the module itself, a namespace for types too.

import dgram = require('./dgram.cjs')

export * from './dgram.cjs'
export { dgram as default }
