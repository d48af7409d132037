// `node --require plainwire/register FILE`, or `--import`: the program FILE and all it loads get our modules.
// CommonJS, since `--import` alone does not reach what worker threads evaluate. The compiler rewrites no `require`: hence .cjs.

const problem: string | undefined = require('./runtime.cjs').whyUnsupported(process.versions)
if (problem === undefined) {
  const { load } = require('./native.cjs')
  load('register/install.js').install()
} else {
  // A program that goes on with the runtime's own modules would be taken for one on ours.
  require('node:fs').writeSync(2, `plainwire: ${problem}\n`)
  process.exit(1)
}
