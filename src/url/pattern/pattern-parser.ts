// Pattern strings as lists of parts. URL Pattern standard, section 2.2 "Pattern strings: parsing".

import { PatternError } from './pattern-errors.ts'
import { type Token, type TokenType, tokenize } from './tokenizer.ts'

export type Modifier = '' | '?' | '*' | '+'

export interface Part {
  readonly type: 'fixed-text' | 'regexp' | 'segment-wildcard' | 'full-wildcard'
  /** The text, or the source of the regular expression; '' for wildcards. */
  readonly value: string
  readonly modifier: Modifier
  readonly name: string
  readonly prefix: string
  readonly suffix: string
}

export interface PatternOptions {
  /** What a segment ends at; '' where there are none. */
  readonly delimiter: string
  /** What belongs to the group that follows it. */
  readonly prefix: string
  readonly ignoreCase: boolean
}

/** Brings fixed text into the form that the component of a parsed URL has; throws PatternError. */
export type Encode = (text: string) => string

export const FULL_WILDCARD = '.*'

export function parsePattern(input: string, options: PatternOptions, encode: Encode): Part[] {
  return new PatternParser(tokenize(input, true), options, encode).parse()
}

export function segmentWildcard(options: PatternOptions): string {
  return `[^${escapeRegexp(options.delimiter)}]+?`
}

export function escapeRegexp(text: string): string {
  return text.replace(/[.+*?^${}()[\]|/\\]/g, '\\$&')
}

class PatternParser {
  readonly #tokens: readonly Token[]
  readonly #options: PatternOptions
  readonly #encode: Encode
  readonly #parts: Part[] = []
  readonly #names = new Set<string>()
  #index = 0
  #pendingText = ''
  #nextNumber = 0

  constructor(tokens: readonly Token[], options: PatternOptions, encode: Encode) {
    this.#tokens = tokens
    this.#options = options
    this.#encode = encode
  }

  parse(): Part[] {
    while (this.#index < this.#tokens.length) {
      const character = this.#take('char')
      const name = this.#take('name')
      const matcher = this.#takeMatcher(name)
      if (name !== undefined || matcher !== undefined) {
        let prefix = character ?? ''
        if (prefix !== this.#options.prefix) {
          this.#pendingText += prefix
          prefix = ''
        }
        this.#addPendingText()
        this.#addPart(prefix, name, matcher, '', this.#takeModifier())
        continue
      }
      const text = character ?? this.#take('escaped-char')
      if (text !== undefined) this.#pendingText += text
      else if (this.#take('open') !== undefined) this.#parseGroup()
      else {
        this.#addPendingText()
        this.#require('end')
      }
    }
    return this.#parts
  }

  /** `{prefix:name(matcher)suffix}modifier`, each of which may be missing. */
  #parseGroup(): void {
    const prefix = this.#takeText()
    const name = this.#take('name')
    const matcher = this.#takeMatcher(name)
    const suffix = this.#takeText()
    this.#require('close')
    this.#addPart(prefix, name, matcher, suffix, this.#takeModifier())
  }

  #addPart(
    prefix: string,
    name: string | undefined,
    matcher: Token | undefined,
    suffix: string,
    modifier: Modifier,
  ): void {
    if (name === undefined && matcher === undefined) {
      if (modifier === '') {
        this.#pendingText += prefix
        return
      }
      this.#addPendingText()
      if (prefix !== '') this.#parts.push(fixedText(this.#encode(prefix), modifier))
      return
    }
    this.#addPendingText()
    const value = matcher?.type === 'asterisk' ? FULL_WILDCARD : (matcher?.value ?? segmentWildcard(this.#options))
    let type: Part['type'] = 'regexp'
    if (value === segmentWildcard(this.#options)) type = 'segment-wildcard'
    else if (value === FULL_WILDCARD) type = 'full-wildcard'
    const partName = name ?? String(this.#nextNumber++)
    if (this.#names.has(partName)) throw new PatternError(`Two groups are named ${partName}`)
    this.#names.add(partName)
    this.#parts.push({
      type,
      value: type === 'regexp' ? value : '',
      modifier,
      name: partName,
      prefix: this.#encode(prefix),
      suffix: this.#encode(suffix),
    })
  }

  #addPendingText(): void {
    if (this.#pendingText === '') return
    this.#parts.push(fixedText(this.#encode(this.#pendingText), ''))
    this.#pendingText = ''
  }

  #take(type: TokenType): string | undefined {
    return this.#takeToken(type)?.value
  }

  #takeToken(type: TokenType): Token | undefined {
    const token = this.#tokens[this.#index]
    if (token?.type !== type) return undefined
    this.#index++
    return token
  }

  #takeMatcher(name: string | undefined): Token | undefined {
    return this.#takeToken('regexp') ?? (name === undefined ? this.#takeToken('asterisk') : undefined)
  }

  #takeModifier(): Modifier {
    return (this.#take('other-modifier') ?? this.#take('asterisk') ?? '') as Modifier
  }

  #takeText(): string {
    let text = ''
    for (;;) {
      const more = this.#take('char') ?? this.#take('escaped-char')
      if (more === undefined) return text
      text += more
    }
  }

  #require(type: TokenType): void {
    if (this.#takeToken(type) === undefined) throw new PatternError(`No ${type} in the pattern where one is wanted`)
  }
}

function fixedText(value: string, modifier: Modifier): Part {
  return { type: 'fixed-text', value, modifier, name: '', prefix: '', suffix: '' }
}
