// The words of a zone file: RFC 1035 section 5.1. Escapes stay in them, since only their reader knows whether a dot is
// part of a label or of a text.

export interface ZoneToken {
  /** As it stands there, without its quotes. */
  readonly text: string
  readonly isQuoted: boolean
  readonly line: number
}

/** What one line says, with those that parentheses join to it. */
export interface ZoneEntry {
  readonly tokens: readonly ZoneToken[]
  /** It begins with a space: the owner is the one before. */
  readonly isIndented: boolean
  readonly line: number
}

/** The zone file is at fault; `line` says where. */
export class ZoneFileError extends Error {
  override readonly name = 'ZoneFileError'
  readonly line: number

  constructor(problem: string, line: number) {
    super(`line ${line}: ${problem}`)
    this.line = line
  }
}

/** @throws {ZoneFileError} parentheses or quotes without their other half */
export function* readEntries(text: string): Generator<ZoneEntry> {
  let line = 1
  let at = 0
  let depth = 0
  let openLine = 0
  let tokens: ZoneToken[] = []
  let entryLine = 1
  let isIndented = false
  let isLineStart = true
  while (at < text.length) {
    const character = text[at] as string
    if (isLineStart && depth === 0) {
      isIndented = character === ' ' || character === '\t'
      entryLine = line
    }
    isLineStart = false
    if (character === '\n') {
      if (depth === 0 && tokens.length > 0) {
        yield { tokens, isIndented, line: entryLine }
        tokens = []
      }
      line++
      at++
      isLineStart = true
    } else if (isSpace(character)) {
      at++
    } else if (character === ';') {
      while (at < text.length && text[at] !== '\n') at++
    } else if (character === '(') {
      if (depth++ === 0) openLine = line
      at++
    } else if (character === ')') {
      if (depth-- === 0) throw new ZoneFileError("a ')' without its '('", line)
      at++
    } else {
      const end = character === '"' ? endOfQuoted(text, at + 1, line) : endOfWord(text, at)
      const isQuoted = character === '"'
      tokens.push({ text: text.slice(isQuoted ? at + 1 : at, end), isQuoted, line })
      at = isQuoted ? end + 1 : end
    }
  }
  if (depth > 0) throw new ZoneFileError("a '(' without its ')'", openLine)
  if (tokens.length > 0) yield { tokens, isIndented, line: entryLine }
}

function endOfQuoted(text: string, from: number, line: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') return at
    if (character === '\n') break
    if (character === '\\') at++
  }
  throw new ZoneFileError('a text without its closing quote', line)
}

function endOfWord(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const character = text[at] as string
    if (character === '\\' && text[at + 1] !== '\n') at++
    else if (isSpace(character) || character === '\n' || '();"'.includes(character)) break
  }
  return Math.min(at, text.length)
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}
