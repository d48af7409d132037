// `text.charCodeAt(index)` for loops over texts from anywhere. V8 has some ten shapes of strings (of one or two bytes,
// slices, concatenations, internalized ones); a loop that has met more than four looks the method up by the general way
// for each code unit. Called like this, the method is a constant.
//
// Measured on Node 20: formatting the search parameters of 27 queries, 12.8 -> 6.2 microseconds. In the scanners of the
// quick parser, which see fewer shapes, it costs a fifth instead.

export const codeUnitAt: (text: string, index: number) => number = Function.prototype.call.bind(
  String.prototype.charCodeAt,
)

/**
 * -1 past the end. `charCodeAt` gives NaN there, and V8 compiles a call that has ever done so as a call, no longer in
 * line: parsing an IPv6 address took twice as long.
 */
export function unitAt(text: string, index: number): number {
  return index < text.length ? codeUnitAt(text, index) : -1
}
