// The symbols under which tls keeps its state on Node's objects, and the methods that the modules above override.

/** On a server: the settings of its connections. */
export const kSettings = Symbol('settings')
/** On a TLSSocket: its state besides net.Socket's. One object, so that the socket's shape stays small. */
export const kTls = Symbol('tls')
/** On a client's socket: the options of `tls.connect()`, with all defaults. Some programs find it by Node's description. */
export const kConnectOptions = Symbol('connect-options')

/** Server: handles a connection that has been secured. */
export const acceptSecure = Symbol('acceptSecure')
