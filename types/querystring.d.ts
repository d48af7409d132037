// `plainwire/querystring` as an ES module: the default export is the module itself, a namespace for types too.

import querystring = require('./querystring.cjs')

export * from './querystring.cjs'
export { querystring as default }
