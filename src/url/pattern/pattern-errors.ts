// The one error of this folder: a pattern, or a value to put into one, that the standard refuses with a TypeError. The
// URLPattern class turns it into Node's.

export class PatternError extends TypeError {}
