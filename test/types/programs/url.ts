// The standard's classes, and the legacy API.

import url, { fileURLToPath, URL, URLSearchParams, type UrlWithParsedQuery } from 'plainwire/url'

const parsed = new URL('/path?a=1', 'http://user:secret@example.test:8080')
parsed.searchParams.append('b', '2')
parsed.port = '80'
export const parts: string[] = [parsed.href, parsed.origin, parsed.hash, ...parsed.searchParams.getAll('a')]
export const sum: number = [...new URLSearchParams({ a: '1', b: '2' })].reduce(
  (total, [, value]) => total + Number(value),
  0,
)
for (const [name, value] of parsed.searchParams) parts.push(name, value)
parsed.searchParams.forEach((value, name) => {
  parts.push(value, name)
})
export const orNull: url.URL | null = URL.parse('::')

export const legacy: UrlWithParsedQuery = url.parse('http://example.test/?a=1&a=2', true)
const values: string | string[] | undefined = legacy.query['a']
parts.push(String(values), url.format({ protocol: 'http', host: 'example.test', query: { a: 1 } }))
parts.push(url.resolve('/one', '../two'), url.domainToASCII('bücher.example'))
parts.push(fileURLToPath(url.pathToFileURL('/etc/hosts')), url.format(parsed, { auth: false }))
export const hostname: string | null | undefined = url.urlToHttpOptions(parsed).hostname

// @ts-expect-error an origin cannot be set
parsed.origin = 'http://other.test'
// @ts-expect-error format() takes no path
url.format({ path: '/' })
