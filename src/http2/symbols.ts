// Where sessions, streams and servers keep what is theirs. Symbols, not #private: people wrap these objects in a Proxy or
// in Object.create, where #x throws.

/** A session's SessionState. */
export const kSession = Symbol('session')
/** A stream's StreamState. */
export const kStream = Symbol('stream')
/** Something with a time-out was active. */
export const kTouch = Symbol('touch')
export const kTimer = Symbol('timer')
/** On a socket: the session that has it. */
export const kBoundSession = Symbol('boundSession')
/** What a stream sends when its program has said nothing of headers. */
export const kProceed = Symbol('proceed')
export const kMaybeDestroy = Symbol('maybeDestroy')
/** The compatibility API's objects of a stream. */
export const kRequest = Symbol('request')
export const kResponse = Symbol('response')
export const kProxySocket = Symbol('proxySocket')
