// The one error of this module's codecs.

/** A message that breaks a rule, or a value that no message can hold. */
export class MessageError extends Error {
  override readonly name = 'MessageError'
  readonly rule: string
  /** The byte of the message, or the character of the text, where the rule was broken. */
  readonly at: number

  constructor(rule: string, at: number) {
    super(`${rule} (at ${at})`)
    this.rule = rule
    this.at = at
  }
}
