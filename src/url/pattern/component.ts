// One component of a pattern: a pattern string compiled to a regular expression, and written back in its normal form.
// URL Pattern standard, sections 1.5 "Components" and 2.3 "Pattern strings: regular expressions".

import { PatternError } from './pattern-errors.ts'
import {
  type Encode,
  escapeRegexp,
  FULL_WILDCARD,
  type Part,
  type PatternOptions,
  parsePattern,
  segmentWildcard,
} from './pattern-parser.ts'
import { isNameCharacter } from './tokenizer.ts'

export class Component {
  readonly patternString: string
  readonly hasRegExpGroups: boolean
  readonly #regexp: RegExp
  readonly #names: readonly string[]

  constructor(input: string, encode: Encode, options: PatternOptions) {
    const parts = parsePattern(input, options, encode)
    const source = `^${parts.map(part => regexpOf(part, options)).join('')}$`
    try {
      this.#regexp = new RegExp(source, options.ignoreCase ? 'vi' : 'v')
    } catch {
      throw new PatternError(`No regular expression: ${source}`)
    }
    this.#names = parts.filter(part => part.type !== 'fixed-text').map(part => part.name)
    this.patternString = formatPattern(parts, options)
    this.hasRegExpGroups = parts.some(part => part.type === 'regexp')
  }

  /** The groups by name, or undefined: no match. */
  match(input: string): Record<string, string | undefined> | undefined {
    const found = this.#regexp.exec(input)
    return found === null ? undefined : Object.fromEntries(this.#names.map((name, i) => [name, found[i + 1]]))
  }

  matches(input: string): boolean {
    return this.#regexp.test(input)
  }
}

export function escapePattern(text: string): string {
  return text.replace(/[+*?:{}()\\]/g, '\\$&')
}

function regexpOf(part: Part, options: PatternOptions): string {
  const { type, modifier } = part
  if (type === 'fixed-text') {
    const text = escapeRegexp(part.value)
    return modifier === '' ? text : `(?:${text})${modifier}`
  }
  let value = part.value
  // Without a delimiter it is `[^]+?`, which Node 20's engine does not match in the v mode.
  if (type === 'segment-wildcard') value = options.delimiter === '' ? '[\\s\\S]+?' : segmentWildcard(options)
  else if (type === 'full-wildcard') value = FULL_WILDCARD
  const prefix = escapeRegexp(part.prefix)
  const suffix = escapeRegexp(part.suffix)
  const isRepeated = modifier === '*' || modifier === '+'
  if (prefix === '' && suffix === '') return isRepeated ? `((?:${value})${modifier})` : `(${value})${modifier}`
  if (!isRepeated) return `(?:${prefix}(${value})${suffix})${modifier}`
  const repeated = `(?:${prefix}((?:${value})(?:${suffix}${prefix}(?:${value}))*)${suffix})`
  return modifier === '*' ? `${repeated}?` : repeated
}

/** Generate a pattern string. */
function formatPattern(parts: readonly Part[], options: PatternOptions): string {
  return parts.map((part, i) => formatPart(part, parts[i - 1], parts[i + 1], options)).join('')
}

function formatPart(part: Part, previous: Part | undefined, next: Part | undefined, options: PatternOptions): string {
  const { type, value, modifier, name, prefix, suffix } = part
  if (type === 'fixed-text') {
    return modifier === '' ? escapePattern(value) : `{${escapePattern(value)}}${modifier}`
  }
  const isNamed = !isNumber(name)
  const isGrouped = needsGrouping(part, previous, next, options)
  let matcher = isNamed ? `:${name}` : ''
  if (type === 'regexp') matcher += `(${value})`
  else if (type === 'segment-wildcard') matcher += isNamed ? '' : `(${segmentWildcard(options)})`
  else {
    const isAlone =
      previous === undefined || previous.type === 'fixed-text' || previous.modifier !== '' || isGrouped || prefix !== ''
    matcher += !isNamed && isAlone ? '*' : `(${FULL_WILDCARD})`
  }
  // Else the suffix would be read as more of the name.
  if (type === 'segment-wildcard' && isNamed && beginsLikeName(suffix)) matcher += '\\'
  const text = `${escapePattern(prefix)}${matcher}${escapePattern(suffix)}`
  return (isGrouped ? `{${text}}` : text) + modifier
}

function needsGrouping(
  { type, modifier, name, prefix, suffix }: Part,
  previous: Part | undefined,
  next: Part | undefined,
  options: PatternOptions,
): boolean {
  if (suffix !== '' || (prefix !== '' && prefix !== options.prefix)) return true
  if (type === 'segment-wildcard' && !isNumber(name) && modifier === '' && next?.prefix === '' && next.suffix === '') {
    if (next.type === 'fixed-text' ? beginsLikeName(next.value) : isNumber(next.name)) return true
  }
  const isAfterPrefix = previous?.type === 'fixed-text' && previous.value.endsWith(options.prefix)
  return prefix === '' && options.prefix !== '' && isAfterPrefix
}

function beginsLikeName(text: string): boolean {
  return text !== '' && isNameCharacter(String.fromCodePoint(text.codePointAt(0) as number), false)
}

function isNumber(name: string): boolean {
  return /^[0-9]/.test(name)
}
