// The fields of a received message, kept as positions in the head's text: names and values become separate strings only on
// access. RFC 9110 section 5.

export class Fields {
  readonly #text: string
  /** Four numbers a field: start and end of name and value, counted from `#base`. */
  readonly #positions: readonly number[]
  readonly #base: number
  readonly #foldedValues: readonly string[]

  /** @param foldedValues - a value with a negative start is the item at index -1 - start of this array */
  constructor(text: string, positions: readonly number[], base: number, foldedValues: readonly string[]) {
    this.#text = text
    this.#positions = positions
    this.#base = base
    this.#foldedValues = foldedValues
  }

  get count(): number {
    return this.#positions.length >> 2
  }

  name(index: number): string {
    const positions = this.#positions
    return this.#text.slice(
      (positions[index * 4] as number) - this.#base,
      (positions[index * 4 + 1] as number) - this.#base,
    )
  }

  value(index: number): string {
    const positions = this.#positions
    const start = positions[index * 4 + 2] as number
    if (start < 0) return this.#foldedValues[-1 - start] as string
    return this.#text.slice(start - this.#base, (positions[index * 4 + 3] as number) - this.#base)
  }

  /** The first value of the field with this name, given in lower case. */
  find(name: string): string | undefined {
    const positions = this.#positions
    for (let i = 0; i < positions.length; i += 4) {
      if ((positions[i + 1] as number) - (positions[i] as number) !== name.length) continue
      if (this.name(i >> 2).toLowerCase() === name) return this.value(i >> 2)
    }
    return undefined
  }

  /** A flat list as in `rawHeaders`: name, value, name, value ... */
  toList(): string[] {
    const list: string[] = []
    const { count } = this
    for (let i = 0; i < count; i++) list.push(this.name(i), this.value(i))
    return list
  }
}
