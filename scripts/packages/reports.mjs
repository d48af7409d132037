// What test runners report, as one form: a Map from a test's full name to 'pass', 'fail' or 'skip'.

/** @typedef {'pass' | 'fail' | 'skip'} Outcome */
/** @typedef {Map<string, Outcome>} Outcomes */

const separator = ' > '

/** @param {Outcomes} outcomes */
function add(outcomes, name, outcome) {
  let unique = name
  for (let count = 2; outcomes.has(unique); count++) unique = `${name} #${count}`
  outcomes.set(unique, outcome)
}

/**
 * TAP as node:test and ava write it: subtests are indented by four spaces, and announced where they begin. Of a test that
 * has subtests only a failure of its own counts.
 * @param {string} text
 * @returns {Outcomes}
 */
export function readTap(text) {
  const outcomes = new Map()
  /** By depth: the tests that have begun, with what is known of their subtests. */
  const open = []
  for (const line of text.split('\n')) {
    const announced = /^( *)# Subtest: (.*)$/.exec(line)
    if (announced) {
      open.length = announced[1].length / 4
      open.push({ name: announced[2], hasSubtests: false, hasFailed: false })
      continue
    }
    const found = /^( *)(not )?ok \d+(?: -)? (.*?)(?: # (SKIP|TODO)\b.*)?$/i.exec(line)
    if (!found) continue
    const depth = found[1].length / 4
    const self = open[depth]
    const parent = open[depth - 1]
    const hasFailed = found[2] !== undefined && found[4] === undefined
    open.length = depth
    if (parent) {
      parent.hasSubtests = true
      parent.hasFailed ||= hasFailed
    }
    if (self?.hasSubtests && (!hasFailed || self.hasFailed)) continue
    const path = [...open.map(one => one.name), found[3]]
    add(outcomes, path.join(separator), hasFailed ? 'fail' : found[4] ? 'skip' : 'pass')
  }
  return outcomes
}

/** @param {string} text - what mocha-reporter.cjs writes */
export function readLines(text) {
  const outcomes = new Map()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [name, outcome] = JSON.parse(line)
    add(outcomes, name, outcome)
  }
  return outcomes
}

/**
 * @param {string} text - of the `json` reporter of jest and vitest
 * @param {(file: string) => string} shorten - a file's path as names shall have it
 */
export function readJest(text, shorten) {
  const outcomes = new Map()
  for (const { name, assertionResults, status, message } of JSON.parse(text).testResults) {
    const file = shorten(name)
    for (const one of assertionResults) {
      const outcome = one.status === 'passed' ? 'pass' : one.status === 'failed' ? 'fail' : 'skip'
      add(outcomes, [file, ...one.ancestorTitles, one.title].join(separator), outcome)
    }
    const isUnloadable = status === 'failed' && (assertionResults.length === 0 || message)
    if (isUnloadable && !assertionResults.some(one => one.status === 'failed')) add(outcomes, file, 'fail')
  }
  return outcomes
}

/**
 * @param {Outcomes} without
 * @param {Outcomes} having
 * @returns {string[]} the tests that pass without, and do not with the redirection
 */
export function lostTests(without, having) {
  return [...without]
    .filter(([name, outcome]) => outcome === 'pass' && having.get(name) !== 'pass')
    .map(([name]) => name)
}

/** @param {Outcomes} outcomes */
export function count(outcomes) {
  const counts = { pass: 0, fail: 0, skip: 0 }
  for (const outcome of outcomes.values()) counts[outcome]++
  return counts
}
