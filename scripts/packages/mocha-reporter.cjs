// A reporter for mocha that writes each result at once, so that a run which hangs has shown what it came to. It goes by the
// runner's events alone, which are the same in all of mocha's versions.
const { appendFileSync } = require('node:fs')

module.exports = class LineReporter {
  constructor(runner) {
    const file = process.env.PLAINWIRE_REPORT
    // Of a test that calls its callback twice mocha tells twice.
    const told = { pass: new WeakSet(), fail: new WeakSet(), skip: new WeakSet() }
    const write = outcome => test => {
      if (told[outcome].has(test)) return
      told[outcome].add(test)
      appendFileSync(file, `${JSON.stringify([test.fullTitle(), outcome])}\n`)
    }
    appendFileSync(file, '')
    runner.on('pass', write('pass')).on('fail', write('fail')).on('pending', write('skip'))
  }
}
