export { qsEscape as escape, qsUnescape as unescape, unescapeBuffer } from './escape.ts'
export { querystring as default } from './module.ts'
export { type ParsedUrlQuery, type ParseOptions, parse, parse as decode } from './parse.ts'
export { type StringifyOptions, stringify, stringify as encode } from './stringify.ts'
