// URL-like texts from a seed: pieces that the parser's states care about, put together in and out of order.

/** Numbers in [0, bound), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return bound => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

export function makeUrlText(random: (bound: number) => number): string {
  const pick = (list: readonly string[]): string => list[random(list.length)] as string
  const some = (make: () => string, most: number): string => {
    let out = ''
    for (let count = random(most + 1); count > 0; count--) out += make()
    return out
  }
  if (random(10) === 0) return some(() => pick(oddities), 12)
  let text = random(4) === 0 ? '' : pick(schemes) + pick(slashes)
  if (random(5) === 0) text += `${some(() => pick(words), 2) + pick([':', '', '::']) + some(() => pick(words), 2)}@`
  text += pick(hosts)
  if (random(4) === 0) text += `:${pick(ports)}`
  text += some(() => pick(['/', '/', '/', '\\', '']) + pick(segments), 4)
  if (random(3) === 0) text += `?${some(() => pick(words) + pick(['=', '&', '+', '']), 4)}`
  if (random(4) === 0) text += `#${some(() => pick(words), 2)}`
  if (random(6) > 0) return text
  const at = random(text.length + 1)
  return text.slice(0, at) + pick(oddities) + text.slice(at + random(2))
}

const schemes = [
  'http:',
  'https:',
  'ws:',
  'wss:',
  'ftp:',
  'file:',
  'HTTP:',
  'hTTps:',
  'mailto:',
  'data:',
  'blob:',
  'a:',
  'x+y.z-1:',
  'javascript:',
  'non-special:',
  '1:',
  ':',
  'htt\tp:',
]
const slashes = ['//', '//', '//', '//', '/', '', '\\\\', '///', '/\\', '//\t/']
const hosts = [
  'example.com',
  'EXAMPLE.com',
  'a',
  '',
  'localhost',
  '127.0.0.1',
  '0x7f.1',
  '1.2.3',
  '256.1.1.1',
  '1.2.3.4.5',
  '0300.1',
  '4294967296',
  '4294967295',
  '08',
  '1.',
  'a.1',
  'a.0x',
  '..',
  '.',
  'a..b',
  '[::1]',
  '[1:2::8]',
  '[::1.2.3.4]',
  '[::ffff:1.2.3.256]',
  '[1:2:3:4:5:6:7:8]',
  '[::g]',
  '[',
  ']',
  '[::1',
  'a b',
  'a%20b',
  'a%41',
  '%zz',
  'ex%c3%a4.de',
  'exämple.de',
  'xn--exmple-cua.de',
  'XN--a',
  'xn--',
  'a-b--c',
  '日本語.jp',
  'ß.de',
  'faß',
  '\u00ad',
  'C:',
  'c|',
  'a_b',
  "a'b",
  'a!b',
  'a*',
  'a^b',
  'a|b',
  'a<b',
  '１２７.0.0.1',
  'a。b',
  'a\u200db',
  'x.y.',
  'host-1.',
  '%00',
  'loc%61lhost',
  'a@b',
]
const ports = ['80', '443', '21', '0', '00080', '65535', '65536', '8080', '', 'x', '8a', '99999999999', '+1', ' 1']
const segments = [
  'a',
  'b.c',
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '.%2e',
  '',
  'a b',
  'é',
  '%',
  '%zz',
  '%C3%A9',
  'C:',
  'd|',
  '"<>',
  '`{}',
  'a;b=c',
  "~!$&'()*+,",
  '|[]',
  '日本',
  '...',
  '.a',
  '%2ea',
  'a^',
  '\ud800',
]
const words = [
  'a',
  'b1',
  '%41',
  'é',
  '"',
  "'",
  '<',
  '`',
  '{',
  ' ',
  '+',
  '%',
  '@',
  ':',
  '=',
  '/',
  '?',
  '\\',
  '^',
  '|',
  '[',
  '日',
  '\ud83d\ude00',
  '\udc00',
  '~',
]
const oddities = [
  '\t',
  '\n',
  '\r',
  ' ',
  '\0',
  '\x1f',
  '\x7f',
  '/',
  '\\',
  ':',
  '@',
  '?',
  '#',
  '[',
  ']',
  '%',
  '%2',
  '.',
  '..',
  '\u00a0',
  '\ufeff',
  '\u200b',
  '\ud800',
  '😀',
  'a',
  '0',
  '-',
  '|',
  '^',
  '{',
  '<',
  '`',
  '/.',
  '//',
  'C:',
  '::',
  'xn--',
  '\u0080',
  '\uffff',
  '=',
  '&',
]
