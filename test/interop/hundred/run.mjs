// Packages of npm that open connections or patch those who do, the most used first of each kind: each is loaded and does its
// first job against a local service, without and with the redirection, and must come to the same.
//   npm run hundred -- [name ...] [--jobs N]
// The packages are installed into HUNDRED_DIR, or a folder below the system's for temporary files, once.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeCertificate } from '../../../examples/certificate.mjs'
import { jobs } from './jobs/index.mjs'
import { writeLoader } from './loader.mjs'
import { startServices } from './services.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '2' }, timeout: { type: 'string', default: '60' } },
})
const here = name => fileURLToPath(new URL(name, import.meta.url))
const register = here('../../../dist/src/register/register.cjs')
const folder = resolve(process.env.HUNDRED_DIR ?? join(tmpdir(), 'plainwire-hundred'))
const { dependencies } = JSON.parse(readFileSync(here('packages.json'), 'utf8'))
const unknown = positionals.filter(name => !Object.hasOwn(jobs, name))
if (unknown.length > 0) throw new Error(`no such package: ${unknown.join(', ')}`)

install()
const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const credentials = makeCertificate({
  name: 'localhost',
  altNames: ['DNS:localhost', 'IP:127.0.0.1'],
  issuer: authority,
})
const authorityFile = join(folder, 'authority.pem')
writeFileSync(authorityFile, authority.cert)
const services = await startServices(folder, credentials)

console.log('| package | version | without | with |')
console.log('|---|---|---|---|')
let same = 0
const differing = []
await inParallel(positionals.length > 0 ? positionals : Object.keys(jobs), Number(values.jobs), async name => {
  const without = await runJob(name, [])
  const having = await runJob(name, ['--require', register])
  const isSame = 'answer' in without && JSON.stringify(without) === JSON.stringify(having)
  const cells = [name, versionOf(name), firstLine(without), isSame ? 'same' : firstLine(having)]
  console.log(`| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
  if (isSame) same++
  else differing.push([name, without, having])
})
for (const [name, without, having] of differing) {
  console.log(
    `\n${name}\n without: ${without.error ?? JSON.stringify(without)}\n with: ${having.error ?? JSON.stringify(having)}`,
  )
}
console.log(`\n${same} of ${same + differing.length} packages come to the same`)
process.exit(differing.length > 0 ? 1 : 0)

function install() {
  const manifest = join(folder, 'package.json')
  const wanted = here('packages.json')
  mkdirSync(folder, { recursive: true })
  writeLoader(folder)
  if (
    existsSync(manifest) &&
    existsSync(join(folder, 'package-lock.json')) &&
    readFileSync(manifest, 'utf8') === readFileSync(wanted, 'utf8')
  )
    return
  copyFileSync(wanted, manifest)
  const args = ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error']
  if (spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status !== 0) process.exit(2)
}

function versionOf(name) {
  return (dependencies[name] ?? '').replace(/^npm:.*@/, '')
}

function firstLine({ answer, error }) {
  return (error ?? JSON.stringify(answer)).split('\n')[0].slice(0, 90)
}

function runJob(name, options) {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      HUNDRED_FOLDER: folder,
      HUNDRED_SERVICES: JSON.stringify(services),
      NODE_EXTRA_CA_CERTS: authorityFile,
      NO_PROXY: '',
    }
    const args = ['--no-warnings', ...options, here('worker.mjs'), name]
    const child = spawn(process.execPath, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', chunk => {
        output += chunk
      })
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), Number(values.timeout) * 1000)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const line = output.split('\n').findLast(line => /^\{"(answer|error)"/.test(line))
      resolve(line ? JSON.parse(line) : { error: `ended by ${signal ?? code}: ${output.slice(-2000)}` })
    })
  })
}

async function inParallel(items, jobs, action) {
  const rest = [...items]
  const work = async () => {
    while (rest.length > 0) await action(rest.shift())
  }
  await Promise.all(Array.from({ length: jobs }, work))
}
