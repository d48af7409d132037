// Where tls keeps its state on Node's objects, and the methods by which the modules above take part.

/** On a server: what its connections go by. */
export const kSettings = Symbol('settings')
/** On a TLSSocket: all that it keeps beyond net.Socket's. One object, so that the socket's shape stays small. */
export const kTls = Symbol('tls')
/** On a client's socket: what `tls.connect()` was given, with every default. By Node's name, by which some programs find it. */
export const kConnectOptions = Symbol('connect-options')

/** Server: what to do with a connection that has been secured. */
export const acceptSecure = Symbol('acceptSecure')
