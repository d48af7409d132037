// Pattern strings as tokens. URL Pattern standard, section 2.1 "Pattern strings: tokenizing".

import { PatternError } from './pattern-errors.ts'

export type TokenType =
  | 'open'
  | 'close'
  | 'regexp'
  | 'name'
  | 'char'
  | 'escaped-char'
  | 'other-modifier'
  | 'asterisk'
  | 'end'
  | 'invalid-char'

export interface Token {
  readonly type: TokenType
  /** Where it begins in the input, with its colon, parenthesis or backslash. */
  readonly index: number
  readonly value: string
}

/** @param isStrict - throws at what is no token; otherwise that becomes `invalid-char` */
export function tokenize(input: string, isStrict: boolean): Token[] {
  const tokens: Token[] = []
  let index = 0
  const add = (type: TokenType, next: number, valueStart: number, valueEnd = next): void => {
    tokens.push({ type, index, value: input.slice(valueStart, valueEnd) })
    index = next
  }
  const refuse = (next: number): void => {
    if (isStrict) throw new PatternError(`Invalid pattern at ${index}`)
    add('invalid-char', next, index)
  }
  while (index < input.length) {
    const character = String.fromCodePoint(input.codePointAt(index) as number)
    const next = index + character.length
    const single = singles.get(character)
    if (single !== undefined) add(single, next, index)
    else if (character === '\\') {
      if (next === input.length) refuse(next)
      else add('escaped-char', next + characterAt(input, next).length, next)
    } else if (character === ':') {
      const end = nameEnd(input, next)
      if (end === next) refuse(next)
      else add('name', end, next)
    } else if (character === '(') {
      const end = regexpEnd(input, next)
      if (end <= next) refuse(next)
      else add('regexp', end + 1, next, end)
    } else add('char', next, index)
  }
  add('end', index, index)
  return tokens
}

/** Whether a code point may stand in a group's name; the first one is held to more. */
export function isNameCharacter(character: string, isFirst: boolean): boolean {
  return (isFirst ? /^[$_\p{ID_Start}]$/u : /^(?:[$\p{ID_Continue}]|\u200c|\u200d)$/u).test(character)
}

const singles: ReadonlyMap<string, TokenType> = new Map([
  ['*', 'asterisk'],
  ['+', 'other-modifier'],
  ['?', 'other-modifier'],
  ['{', 'open'],
  ['}', 'close'],
])

function nameEnd(input: string, start: number): number {
  let end = start
  while (end < input.length && isNameCharacter(characterAt(input, end), end === start)) {
    end += characterAt(input, end).length
  }
  return end
}

/** Of the closing parenthesis; -1: the group is empty, not ASCII, not closed, or has a capturing group in it. */
function regexpEnd(input: string, start: number): number {
  let depth = 1
  if (input[start] === '?') return -1
  for (let i = start; i < input.length; i++) {
    if (input.charCodeAt(i) >= 0x80) return -1
    const character = input[i]
    if (character === '\\') {
      i++
      if (i === input.length || input.charCodeAt(i) >= 0x80) return -1
    } else if (character === ')') {
      if (--depth === 0) return i
    } else if (character === '(') {
      depth++
      if (input[i + 1] !== '?') return -1
    }
  }
  return -1
}

function characterAt(input: string, index: number): string {
  return String.fromCodePoint(input.codePointAt(index) as number)
}
