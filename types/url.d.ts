// `plainwire/url` as an ES module: the default export is the module itself, a namespace for types too.

import url = require('./url.cjs')

export * from './url.cjs'
export { url as default }
