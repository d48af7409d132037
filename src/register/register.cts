// `node --require plainwire/register FILE`, or `--import`: the program FILE and all it loads get our modules.
// CommonJS, since `--import` alone does not reach what worker threads evaluate. The compiler rewrites no `require`: hence .cjs.

const { load } = require('./native.cjs')
load('register/install.js').install()
