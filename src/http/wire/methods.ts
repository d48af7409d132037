// The methods that can be read from the wire: RFC 9110 section 9, WebDAV, and the others that Node knows. A method that
// is not in the list is refused at the first byte that tells.

const names = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY ' +
  'OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK ' +
  'UNLOCK UNSUBSCRIBE'
).split(' ')

// Told apart from unknown ones, because the error for them is another: they are methods, but not of HTTP/1.1.
const otherProtocols =
  'PRI DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH'.split(' ')

/** As `http.METHODS` lists them. */
export const METHODS: string[] = [...names]

const allNames = [...names, ...otherProtocols]

const httpMethods = new Set(names)

export function isHttpMethod(method: string): boolean {
  return httpMethods.has(method)
}

/** Common methods by their first byte, so that a request's method need not become a string of its own. */
export const commonMethods: readonly (string | undefined)[] = firstBytes(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])

/**
 * Holds the beginning of a request against all methods.
 * @returns the method that the bytes are; '' while they may become one; or the number of bytes that still fit
 */
export function matchMethod(bytes: Uint8Array, start: number, end: number, isWhole: boolean): string | number {
  let longest = 0
  for (const name of allNames) {
    let same = 0
    while (same < name.length && start + same < end && bytes[start + same] === name.charCodeAt(same)) same++
    if (start + same === end && (same === name.length || !isWhole)) {
      if (isWhole) return name
      return ''
    }
    longest = Math.max(longest, same)
  }
  return longest
}

function firstBytes(methods: readonly string[]): (string | undefined)[] {
  const byFirst: (string | undefined)[] = new Array(128).fill(undefined)
  for (const method of methods) byFirst[method.charCodeAt(0)] = method
  return byFirst
}
