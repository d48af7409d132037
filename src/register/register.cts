// `node --require plainwire/register FILE`, or `--import`: the program FILE and all files it loads get plainwire's modules.
// CommonJS, since `--import` alone does not reach code that worker threads evaluate. The compiler does not rewrite the paths of
// `require`, hence the .cjs in them.

const problem: string | undefined = require('./runtime.cjs').whyUnsupported(process.versions)
if (problem === undefined) {
  const { load } = require('./native.cjs')
  load('register/install.js').install()
} else {
  // If the program ran on with the runtime's own modules, its user would believe that it runs on plainwire's.
  require('node:fs').writeSync(2, `plainwire: ${problem}\n`)
  process.exit(1)
}
