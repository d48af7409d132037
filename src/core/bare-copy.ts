// Objects without a prototype, made the cheap way. V8 makes a dictionary of one that begins so, which takes twice as long to
// fill and to read (Node 20: 4.3 us against 2.4 for the options of a request).

/** What both have of their own, the second's first choice; it inherits nothing. */
export function bareCopy<T extends object>(first: T | null | undefined, second?: object | null): T {
  return Object.setPrototypeOf(second ? Object.assign({}, first, second) : Object.assign({}, first), null)
}
