// Where a Socket keeps what Node keeps behind its handle. Symbols, not #private: people wrap sockets in a Proxy or in
// Object.create, where #x throws.

/** The Connection beneath: null before one is open and after destroy. */
export const kConnection = Symbol('connection')
/** The ConnectionSink that feeds this socket's stream. */
export const kSink = Symbol('sink')
/** The ConnectAttempt under way, or null. */
export const kAttempt = Symbol('attempt')
export const kHost = Symbol('host')
/** The connection has been asked for data. */
export const kIsReading = Symbol('isReading')
/** The connection's sink has another owner; this socket is only a facade of the connection. */
export const kIsPassive = Symbol('isPassive')
export const kIsResetting = Symbol('isResetting')
export const kTimer = Symbol('timer')
export const kLastBuffered = Symbol('lastBuffered')
export const kNoDelay = Symbol('noDelay')
export const kKeepAlive = Symbol('keepAlive')
export const kKeepAliveDelayMs = Symbol('keepAliveDelayMs')
/** The BoundStream to connect from. */
export const kBoundFrom = Symbol('boundFrom')
export const kKeepAliveProbes = Symbol('keepAliveProbes')
export const kTypeOfService = Symbol('typeOfService')
export const kBytesRead = Symbol('bytesRead')
export const kBytesWritten = Symbol('bytesWritten')
export const kPeer = Symbol('peer')
export const kLocal = Symbol('local')
export const kCloseHadError = Symbol('closeHadError')
export const kHasClosed = Symbol('hasClosed')

/** The object that programs see as `_handle`: made when one looks, or a program's own; undefined before. */
export const kHandle = Symbol('handle')
/** On a handle: the socket that it was made for. */
export const kOwner = Symbol('owner')
/** Socket: `makeHandle` makes the object that `_handle` shows, if any; `adoptHandle` takes over another socket's handle. */
export const makeHandle = Symbol('makeHandle')
export const adoptHandle = Symbol('adoptHandle')

/** Constructor option: an open Connection to show as a socket. */
export const kOver = Symbol('over')

/** Server: what to do with an accepted connection; and the count of one that has closed. */
export const acceptConnection = Symbol('acceptConnection')
export const releaseConnection = Symbol('releaseConnection')

/** Socket: what to make of the connection that won the race. */
export const wrapConnection = Symbol('wrapConnection')
