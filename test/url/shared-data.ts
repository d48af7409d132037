// The web platform tests' URL data, which is not part of the project: in `PLAINWIRE_SHARED`, or in `shared` beside it.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const shared = process.env['PLAINWIRE_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared')
const folder = join(shared, 'data', 'wpt-url')

/** False, or why a test that needs the data is skipped: for `{ skip }`. */
export const isDataAbsent: string | false = existsSync(folder)
  ? false
  : `no web platform tests in ${folder}: set PLAINWIRE_SHARED to the folder that has data/wpt-url`

/** The test cases of a file, without the comments that stand between them. */
export function readCases<T>(file: string): T[] {
  return (readJson(file) as (T | string)[]).filter((one): one is T => typeof one !== 'string')
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}
