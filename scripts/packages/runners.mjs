// How each test runner is started on a file (or on a whole suite), and where its report is.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readJest, readLines, readTap } from './reports.mjs'

const mochaReporter = fileURLToPath(new URL('mocha-reporter.cjs', import.meta.url))

/** By a suite's `runner`: arguments of node, and a reader of what comes out. */
const runners = {
  node: {
    args: (_, args, files) => ['--test-reporter=tap', ...args, ...files],
    read: ({ stdout }) => readTap(stdout),
  },
  ava: {
    args: (folder, args, files) => [bin(folder, 'ava'), '--tap', ...args, ...files],
    read: ({ stdout }) => readTap(stdout),
  },
  mocha: {
    args: (folder, args, files) => [bin(folder, 'mocha'), '--reporter', mochaReporter, ...args, ...files],
    read: ({ report }) => readLines(report),
  },
  jest: {
    args: (folder, args, files, report) => [bin(folder, 'jest'), '--json', `--outputFile=${report}`, ...args, ...files],
    read: ({ report, folder }) => readJest(report, file => relative(folder, file)),
  },
  vitest: {
    args: (folder, args, files, report) => [
      bin(folder, 'vitest'),
      ...['run', '--reporter=json', `--outputFile=${report}`],
      ...args,
      ...files,
    ],
    read: ({ report, folder }) => readJest(report, file => relative(folder, file)),
  },
  /** Programs whose exit code is their one result. */
  script: { args: (_, args, files) => [...args, ...files], read: () => new Map() },
}

/** The file that a package's command runs, wherever npm or pnpm has put it. */
function bin(folder, name) {
  const require = createRequire(join(folder, 'package.json'))
  for (const path of require.resolve.paths(name) ?? []) {
    const manifest = join(path, name, 'package.json')
    if (!existsSync(manifest)) continue
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name])
  }
  throw new Error(`${folder} has no ${name} installed`)
}

/**
 * @param {object} suite - one of suites.mjs, with its `folder`
 * @param {string[]} files
 * @param {string | undefined} register - the file that redirects, if it shall
 * @param {number} timeoutMs
 * @returns {Promise<Map<string, 'pass' | 'fail' | 'skip'>>} with an entry for the run itself
 */
export async function runFiles(suite, files, register, timeoutMs) {
  const runner = runners[suite.runner]
  const scratch = mkdtempSync(join(tmpdir(), 'plainwire-packages-'))
  const reportFile = join(scratch, 'report.json')
  const options = [...(suite.nodeOptions ?? []), ...(register ? ['--require', register] : [])]
  const env = {
    ...process.env,
    PLAINWIRE_REPORT: reportFile,
    ...suite.env,
    NODE_OPTIONS: options.map(one => JSON.stringify(one)).join(' '),
  }
  const args = runner.args(suite.folder, suite.args ?? [], files, reportFile)
  const { stdout, code, hasTimedOut } = await run(args, suite.folder, env, timeoutMs)
  const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : undefined
  rmSync(scratch, { recursive: true })
  const needsReport = runner.read !== runners.script.read && !['node', 'ava'].includes(suite.runner)
  const outcomes =
    needsReport && report === undefined ? new Map() : runner.read({ stdout, report, folder: suite.folder })
  // A run that crashes or hangs has an end of its own to show, beside the tests that it never came to.
  const hasEnded = !hasTimedOut && (code === 0 || [...outcomes.values()].includes('fail'))
  outcomes.set('the run ends', hasEnded ? 'pass' : 'fail')
  return outcomes
}

/** Whatever is left of the process group when the run is over, or takes too long, is ended with it. */
function run(args, cwd, env, timeoutMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let hasTimedOut = false
    const endGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
    }
    const timer = setTimeout(() => {
      hasTimedOut = true
      endGroup()
    }, timeoutMs)
    child.stdout.setEncoding('utf8').on('data', chunk => {
      stdout += chunk
    })
    child.stderr.resume()
    child.on('error', reject)
    let code = null
    child.on('exit', exitCode => {
      code = exitCode
      clearTimeout(timer)
      endGroup()
      // Descendants that have left the group may hold the pipe.
      setTimeout(() => child.stdout.destroy(), 2000).unref()
    })
    child.on('close', () => resolve({ stdout, code, hasTimedOut }))
  })
}
