// The long run of the url module against the runtime's own: URLs with and without a base, setters, search parameters.
//   node dist/test/fuzz/url.js [inputs] [seed]
// Every difference that is no named bug of the runtime is printed, and the exit status tells.

import { URL, URLSearchParams } from '../../src/url/index.ts'
import { makeUrlText, randomFrom } from './url-inputs.ts'

const properties = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const

type Subject = Pick<globalThis.URL, (typeof properties)[number]>
type SubjectClass = new (input: string, base?: string) => Subject

interface NamedBug {
  readonly name: string
  readonly explains: (texts: readonly string[], ours: string, theirs: string) => boolean
}

/** Of Ada 2.9, which Node 20 has; the standard's data and Node 26 agree with us. */
const oldBugs: readonly NamedBug[] = [
  {
    // In the standard since November 2024. The other bugs may come together with it.
    name: "'^' is not percent-encoded in paths",
    explains: (_, ours, theirs) => ours.replaceAll('%5E', '^') === theirs.replaceAll('%5E', '^'),
  },
  {
    // Kept by the standard since 2025, but for the last one, which is encoded.
    name: 'spaces at the end of an opaque path are taken away',
    explains: (_, ours, theirs) =>
      without(/(%20| )+(?=[?#"\\]|$)/g, ours) === without(/(%20| )+(?=[?#"\\]|$)/g, theirs),
  },
  {
    name: 'a path of dot segments alone becomes empty where the scheme is not special',
    explains: (_, ours, theirs) => without(/\/+(?=["?#])/g, ours) === without(/\/+(?=["?#])/g, theirs),
  },
  {
    name: 'an empty query of the base is not inherited',
    explains: (_, ours, theirs) => without(/\?(?=["#])/g, ours) === without(/\?(?=["#])/g, theirs),
  },
  {
    name: 'a reference is resolved against a base with an opaque path',
    explains: ([, base], ours) => {
      const url = base === undefined ? null : URL.parse(base)
      return ours === 'ERR_INVALID_URL' && url !== null && url.host === '' && !url.pathname.startsWith('/')
    },
  },
  {
    name: 'a host that ends in a port that is no number takes the port away, and so does such a port',
    explains: ([, , , name], ours, theirs) =>
      (name === 'port' || name === 'host') &&
      [theirs, without(/:\d+(?=["/?#])/, theirs)].includes(without(/:\d+(?=["/?#])/, ours)),
  },
  {
    name: 'the host is taken away although there are credentials',
    explains: ([, , , name], _, theirs) => (name === 'host' || name === 'hostname') && theirs.includes('@/'),
  },
  {
    name: 'a first segment that begins like a drive letter is spared by ..',
    explains: (_, ours, theirs) => /^"file:\/\/[^/]*\/[a-z][:|][^/]/i.test(theirs) && ours !== 'ERR_INVALID_URL',
  },
  {
    name: 'host, port and path of a URL whose scheme is not special are set wrongly',
    explains: ([, , before, name], ours) =>
      before !== undefined && name !== undefined && !/^"?(https?|wss?|ftp|file):/.test(before + ours),
  },
  {
    name: 'dot segments stay in a path with a segment that begins with a dot',
    explains: (texts, ours, theirs) => {
      const dotSegments = (text: string): number => text.match(/\/\.\.?(?=["?#/])/g)?.length ?? 0
      if (dotSegments(theirs) > dotSegments(ours)) return true
      return texts.slice(0, 2).some(text => /\/\.[^/]*\/(.*\/)?\.\.?(?=$|[?#])/.test(text))
    },
  },
]

const bugs: readonly NamedBug[] = [
  {
    // Ada checks no label that is ASCII: `xn--` and `xn--a` decode to nothing that is allowed.
    name: 'an ASCII label that is no valid Punycode passes',
    explains: texts => texts.some(text => /x\s*n\s*-\s*-/i.test(text.replaceAll('%6e', 'n'))),
  },
  {
    // querystring.unescapeBuffer takes the low byte of each code unit.
    name: 'search parameters with malformed escapes lose what is not ASCII',
    explains: texts => texts[0] === 'params' && texts.some(text => text.includes('%') && /[^\0-\x7f]/.test(text)),
  },
]

const isOldAda = Number(process.versions['ada']?.split('.')[0]) < 3
const runtimeBugs = isOldAda ? [...bugs, ...oldBugs] : bugs

const count = Number(process.argv[2] ?? 1_000_000)
const random = randomFrom(Number(process.argv[3] ?? 1))
const explained = new Map<string, number>()
let differences = 0

for (let i = 0; i < count; i++) {
  const input = makeUrlText(random)
  const base = random(3) === 0 ? makeUrlText(random) : undefined
  compareParses(input, base)
  if (random(3) === 0) compareSetters(input, base)
  if (random(5) === 0) compareParams(input)
}

for (const [name, times] of explained) console.log(`${times} x ${name}`)
console.log(`${count} inputs, ${differences} differences without a name`)
process.exitCode = differences === 0 ? 0 : 1

function compareParses(input: string, base: string | undefined): void {
  judge([input, base ?? ''], describe(URL, input, base), describe(globalThis.URL, input, base))
}

function compareSetters(input: string, base: string | undefined): void {
  const ours = URL.parse(input, base)
  if (ours === null || !globalThis.URL.canParse(input, base)) return
  const theirs = new globalThis.URL(input, base)
  const before = ours.href
  const name = properties[random(properties.length)] as (typeof properties)[number]
  if (name === 'origin') return
  const value = random(2) === 0 ? makeUrlText(random) : makeUrlText(random).slice(0, 4)
  const set = (url: Subject): string => {
    try {
      ;(url as { -readonly [K in keyof Subject]: string })[name] = value
    } catch {
      return 'throws'
    }
    return JSON.stringify(url.href)
  }
  judge([input, base ?? '', before, name, value], set(ours), set(theirs))
}

function compareParams(input: string): void {
  const all = (params: Iterable<[string, string]>): string => JSON.stringify([...params])
  judge(['params', input], all(new URLSearchParams(input)), all(new globalThis.URLSearchParams(input)))
}

function describe(Class: SubjectClass, input: string, base: string | undefined): string {
  try {
    const url = base === undefined ? new Class(input) : new Class(input, base)
    return properties.map(name => JSON.stringify(url[name])).join(' ')
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

function judge(texts: readonly string[], ours: string, theirs: string): void {
  if (ours === theirs) return
  const plain = (text: string): string => (isOldAda ? text.replaceAll('%5E', '^') : text)
  const bug = runtimeBugs.find(({ explains }) => explains(texts, plain(ours), plain(theirs)))
  if (bug !== undefined) {
    explained.set(bug.name, (explained.get(bug.name) ?? 0) + 1)
    return
  }
  differences++
  if (differences <= 20) console.log(`${JSON.stringify(texts)}\n  ours   ${ours}\n  theirs ${theirs}`)
}

function without(pattern: RegExp, text: string): string {
  return text.replace(pattern, '')
}
