// URL and URLSearchParams against the runtime's own and against whatwg-url, which is written in JavaScript too:
//   node --expose-gc dist/bench/url/url.js
// Prints a table with the memory of a URL object besides; with `--json FILE` the figures go there as well. The cases are
// plain functions: url.bench.ts has them run by `npm run bench`, in processes of their own.

import { writeFileSync } from 'node:fs'
import { URL, URLSearchParams } from '../../src/url/index.ts'
import { compare } from './compare.ts'
import { realWorldUrls, type UrlInput } from './urls.ts'

interface UrlClass {
  new (input: string, base?: string): { href: string; pathname: string; hostname: string; search: string; hash: string }
  canParse(input: string, base?: string): boolean
}
interface ParamsClass {
  new (init: string): { toString(): string }
}
interface Subject {
  URL: UrlClass
  URLSearchParams: ParamsClass
}

export const subjectNames = ['plainwire', 'built-in', 'whatwg-url'] as const

export async function subjectOf(name: string): Promise<Subject> {
  if (name === 'plainwire') return { URL, URLSearchParams }
  if (name === 'built-in') return { URL: globalThis.URL, URLSearchParams: globalThis.URLSearchParams }
  // Without types of its own, and needed here only.
  return (await import('whatwg-url' as string)) as Subject
}

const queries = realWorldUrls.map(([input, base]) => new URL(input, base).search.slice(1)).filter(query => query !== '')
const parsed = (Class: UrlClass): InstanceType<UrlClass>[] =>
  realWorldUrls.map(([input, base]) => new Class(input, base))

/** Each makes, for a subject, a function that does the case's work once. */
export const cases: Readonly<Record<string, (subject: Subject) => () => unknown>> = {
  'parse 100 URLs': ({ URL: Class }) => parseAll(Class, realWorldUrls),
  // The set above has three such hosts, and remembers them from run to run: this is what they cost when they are new.
  'parse a URL with an international host not met before': ({ URL: Class }) => {
    let count = 0
    return () => new Class(`https://münchen-${count++}.example/rathaus`)
  },
  'canParse 100 URLs':
    ({ URL: Class }) =>
    () => {
      let count = 0
      for (const [input, base] of realWorldUrls) if (Class.canParse(input, base)) count++
      return count
    },
  'read href, hostname, pathname, search, hash': ({ URL: Class }) => {
    const urls = parsed(Class)
    return () => {
      let length = 0
      for (const url of urls) {
        length += url.href.length + url.hostname.length + url.pathname.length + url.search.length + url.hash.length
      }
      return length
    }
  },
  'set search and hash': ({ URL: Class }) => {
    const url = new Class('https://example.com/path')
    return () => {
      url.search = '?a=b&c=d'
      url.hash = '#top'
      return url.href
    }
  },
  'URLSearchParams parse and stringify':
    ({ URLSearchParams: Class }) =>
    () => {
      let length = 0
      for (const query of queries) length += new Class(query).toString().length
      return length
    },
}

function parseAll(Class: UrlClass, inputs: readonly UrlInput[]): () => unknown {
  return () => {
    let last: unknown
    for (const [input, base] of inputs) last = base === undefined ? new Class(input) : new Class(input, base)
    return last
  }
}

/** Bytes of heap and of external strings that one URL object holds. */
function bytesPerUrl(Class: UrlClass): number | undefined {
  const gc = (globalThis as { gc?: () => void }).gc
  if (gc === undefined) return undefined
  const count = 100_000
  const kept: unknown[] = new Array(count).fill(null)
  // Inputs that only these objects hold, as when they come from a socket.
  const make = (i: number): unknown => new Class(Buffer.from(`https://example.com/path/${i}?query=${i}`).toString())
  for (let i = 0; i < 1000; i++) kept[i] = make(i)
  kept.fill(null)
  gc()
  const before = process.memoryUsage()
  for (let i = 0; i < count; i++) kept[i] = make(i)
  gc()
  const after = process.memoryUsage()
  return (after.heapUsed + after.external - before.heapUsed - before.external) / kept.length
}

async function main(): Promise<void> {
  const subjects = await Promise.all(subjectNames.map(async name => [name, await subjectOf(name)] as const))
  const rows: Record<string, unknown>[] = []
  for (const [name, make] of Object.entries(cases)) {
    const runnable = subjects.map(([who, subject]) => [who, make(subject)] as const)
    const [ours, builtIn, whatwg] = compare(Object.fromEntries(runnable)).map(result => result.nanosecondsPerRun)
    rows.push(row(name, 'ns', ours as number, builtIn as number, whatwg as number))
  }
  const memory = subjects.map(([, subject]) => bytesPerUrl(subject.URL))
  if (memory[0] !== undefined) rows.push(row('memory per URL', 'bytes', ...(memory as [number, number, number])))
  console.table(rows)
  const file = process.argv[process.argv.indexOf('--json') + 1]
  if (process.argv.includes('--json') && file) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`)
}

function row(name: string, unit: string, ours: number, builtIn: number, whatwg: number): Record<string, unknown> {
  const ratio = (other: number): string => `${(other / ours).toFixed(2)}x`
  return {
    case: name,
    unit,
    plainwire: Math.round(ours),
    'built-in': Math.round(builtIn),
    'whatwg-url': Math.round(whatwg),
    'better than built-in': ratio(builtIn),
    'better than whatwg-url': ratio(whatwg),
  }
}

if (process.argv[1] === import.meta.filename) await main()
