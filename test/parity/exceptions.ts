// All that our modules do not share with Node's, by name and with the reason. An entry that is needed no more fails the
// tests where the runtime's version cannot be why.

const nativeHandle = "works on the runtime's native handles, which we do not have"

export const exceptions = {
  types: {
    net: {
      BoundSocket: 'new in Node 26: not here yet',
    },
    url: {},
  },
  /** By the names that shape.ts gives: `Class#member`, `Class.static`, `export`. */
  shape: {
    net: {
      _createServerHandle: nativeHandle,
      _setSimultaneousAccepts: nativeHandle,
      'Server#_listen2': nativeHandle,
      'Server#_setupWorker': nativeHandle,
      'Server#[nodejs.rejection]': 'the same arguments, taken as a list',
      'Socket#_writeGeneric': nativeHandle,
      'Socket#_handle': 'tells whether there is a connection; nothing can be put there',
      'Stream#_writeGeneric': nativeHandle,
      'Stream#_handle': 'as Socket#_handle',
    },
    url: {},
  },
  seeds: {
    net: {
      'net.createServer(maxConnections)': "Node ignores it there, and so do we: it is the server's property",
      'net.createServer(timeout)': 'Node ignores it there, and so do we: sockets have setTimeout()',
      'net.Socket#event:listening': "an event of servers, not of sockets, in Node's documentation as well",
    },
    url: {},
  },
} as const satisfies Record<string, Record<string, Readonly<Record<string, string>>>>

type TypeExceptions = (typeof exceptions)['types']

/** What a module must be assignable to: Node's type without the exceptions. */
export type Fitting<Theirs, Name extends keyof TypeExceptions> = Omit<Theirs, keyof TypeExceptions[Name]>
