// The methods that the parser accepts: RFC 9110 section 9, WebDAV, and the others that Node knows. A method that is not in
// the list is rejected at the first byte that fits none of them.

const names = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY ' +
  'OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK ' +
  'UNLOCK UNSUBSCRIBE'
).split(' ')

// Methods of other protocols; listed, because their error differs from that of an unknown method.
const otherProtocols =
  'PRI DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH'.split(' ')

/** As `http.METHODS` lists them. */
export const METHODS: string[] = [...names]

const allNames = [...names, ...otherProtocols]

const httpMethods = new Set(names)

export function isHttpMethod(method: string): boolean {
  return httpMethods.has(method)
}

/** Common methods by their first byte: a match saves making a string from the bytes. */
export const commonMethods: readonly (string | undefined)[] = firstBytes(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])

/**
 * Compares the beginning of a request with all methods.
 * @returns the method that the bytes spell; '' while they are a prefix of one; or the number of bytes that match one
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
