// `https://*.example.com/:path*?q=:q#*` taken apart into its components, without knowing yet what they match.
// URL Pattern standard, section 1.6 "Constructor string parsing".

import { NOT_SPECIAL, schemeTypeOf } from '../parser/schemes.ts'
import { canonicalizeProtocol } from './canonicalize.ts'
import { Component } from './component.ts'
import type { ComponentName, PatternInit } from './init.ts'
import { type Token, tokenize } from './tokenizer.ts'

type State = ComponentName | 'init' | 'authority' | 'done'

const specialSchemes = ['http', 'https', 'ws', 'wss', 'ftp', 'file'] as const

export function matchesSpecialScheme(protocol: Component): boolean {
  return specialSchemes.some(scheme => protocol.matches(scheme))
}

export function isSpecialScheme(scheme: string): boolean {
  return schemeTypeOf(scheme) !== NOT_SPECIAL
}

export function parseConstructorString(input: string): PatternInit {
  return new ConstructorStringParser(input).parse()
}

class ConstructorStringParser {
  readonly #input: string
  readonly #tokens: readonly Token[]
  readonly #result: PatternInit = {}
  #state: State = 'init'
  #index = 0
  #componentStart = 0
  #increment = 1
  #groupDepth = 0
  #bracketDepth = 0
  #isSpecial = false

  constructor(input: string) {
    this.#input = input
    this.#tokens = tokenize(input, false)
  }

  parse(): PatternInit {
    while (this.#index < this.#tokens.length && this.#state !== 'done') {
      this.#increment = 1
      this.#takeToken(this.#tokens[this.#index] as Token)
      this.#index += this.#increment
    }
    if (this.#result.hostname !== undefined) this.#result.port ??= ''
    return this.#result
  }

  #takeToken(token: Token): void {
    if (token.type === 'end') {
      this.#takeEnd()
      return
    }
    if (token.type === 'open') {
      this.#groupDepth++
      return
    }
    if (this.#groupDepth > 0) {
      if (token.type !== 'close') return
      this.#groupDepth--
    }
    this.#takeInState()
  }

  #takeEnd(): void {
    if (this.#state === 'init') {
      // No protocol: a relative pattern.
      this.#rewind()
      if (this.#is('#')) this.#change('hash', 1)
      else if (this.#isSearchPrefix()) this.#change('search', 1)
      else this.#change('pathname', 0)
    } else if (this.#state === 'authority') this.#rewindTo('hostname')
    else this.#change('done', 0)
  }

  #takeInState(): void {
    switch (this.#state) {
      case 'init':
        if (this.#is(':')) this.#rewindTo('protocol')
        break
      case 'protocol':
        if (this.#is(':')) this.#takeProtocolSuffix()
        break
      case 'authority':
        if (this.#is('@')) this.#rewindTo('username')
        else if (this.#is('/') || this.#isSearchPrefix() || this.#is('#')) this.#rewindTo('hostname')
        break
      case 'username':
        if (this.#is(':')) this.#change('password', 1)
        else if (this.#is('@')) this.#change('hostname', 1)
        break
      case 'password':
        if (this.#is('@')) this.#change('hostname', 1)
        break
      case 'hostname':
        if (this.#is('[')) this.#bracketDepth++
        else if (this.#is(']')) this.#bracketDepth--
        else if (this.#is(':') && this.#bracketDepth === 0) this.#change('port', 1)
        else this.#takeNextPart()
        break
      case 'port':
      case 'pathname':
      case 'search':
        this.#takeNextPart()
    }
  }

  #takeProtocolSuffix(): void {
    this.#isSpecial = matchesSpecialScheme(new Component(this.#componentText(), canonicalizeProtocol, plainOptions))
    if (this.#is('/', 1) && this.#is('/', 2)) this.#change('authority', 3)
    else this.#change(this.#isSpecial ? 'authority' : 'pathname', 1)
  }

  /** Path, search or hash, whichever begins here and may come after this state. */
  #takeNextPart(): void {
    const state = this.#state
    if (state !== 'pathname' && state !== 'search' && this.#is('/')) this.#change('pathname', 0)
    else if (state !== 'search' && this.#isSearchPrefix()) this.#change('search', 1)
    else if (this.#is('#')) this.#change('hash', 1)
  }

  /** Ends the component; those between it and the next are empty, not wild. */
  #change(next: State, skip: number): void {
    const state = this.#state
    if (state !== 'init' && state !== 'authority' && state !== 'done') this.#result[state] = this.#componentText()
    if (state !== 'init' && next !== 'done') {
      const from = stateOrder.indexOf(state)
      const to = stateOrder.indexOf(next)
      if (from < stateOrder.indexOf('hostname') && to > stateOrder.indexOf('hostname')) this.#result.hostname ??= ''
      if (from < stateOrder.indexOf('pathname') && to > stateOrder.indexOf('pathname')) {
        this.#result.pathname ??= this.#isSpecial ? '/' : ''
      }
      if (from < stateOrder.indexOf('search') && to > stateOrder.indexOf('search')) this.#result.search ??= ''
    }
    this.#state = next
    this.#index += skip
    this.#componentStart = this.#index
    this.#increment = 0
  }

  #rewind(): void {
    this.#index = this.#componentStart
    this.#increment = 0
  }

  #rewindTo(state: State): void {
    this.#rewind()
    this.#state = state
  }

  /** Whether the token is this character, and no syntax of patterns. */
  #is(character: string, ahead = 0): boolean {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)] as Token
    return token.value === character && ['char', 'escaped-char', 'invalid-char'].includes(token.type)
  }

  /** A question mark that is no modifier of what stands before it. */
  #isSearchPrefix(): boolean {
    if (this.#is('?')) return true
    if (this.#tokens[this.#index]?.value !== '?') return false
    const previous = this.#tokens[this.#index - 1]
    return previous === undefined || !['name', 'regexp', 'close', 'asterisk'].includes(previous.type)
  }

  #componentText(): string {
    const start = this.#tokens[Math.min(this.#componentStart, this.#tokens.length - 1)] as Token
    return this.#input.slice(start.index, (this.#tokens[this.#index] as Token).index)
  }
}

const stateOrder: readonly State[] = [
  'init',
  'protocol',
  'authority',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
  'done',
]

const plainOptions = { delimiter: '', prefix: '', ignoreCase: false }
