// Web IDL's conversion to a scalar value string: lone surrogates become U+FFFD. Throws for a symbol, as `${}` does.

export function toUSVString(value: unknown): string {
  const text = typeof value === 'string' ? value : `${value as string}`
  // In every runtime this runs on; the compiler's library is one edition behind.
  return (text as string & { toWellFormed(): string }).toWellFormed()
}
