// All that our modules do not share with Node's, by name and with the reason.

const nativeHandle = "works on the runtime's native handles, which we do not have"

const underscored = 'deprecated for long (DEP0112), and gone from newer Nodes'

export const exceptions = {
  /** By the names that shape.ts gives: `Class#member`, `Class.static`, `export`. */
  shape: {
    dgram: {
      _createSocketHandle: nativeHandle,
      'Socket#_handle': underscored,
      'Socket#_receiving': underscored,
      'Socket#_bindState': underscored,
      'Socket#_queue': underscored,
      'Socket#_reuseAddr': underscored,
      'Socket#_healthCheck': underscored,
      'Socket#_stopReceiving': underscored,
    },
    dns: {},
    net: {
      _TransferredBoundSocket: 'sends a BoundSocket to a worker: only the runtime can clone its handles',
      'Socket#setKeepAlive': 'takes interval and count, as in Node 26',
      'Stream#setKeepAlive': 'as Socket#setKeepAlive',
      _createServerHandle: nativeHandle,
      _setSimultaneousAccepts: nativeHandle,
      'Server#_listen2': nativeHandle,
      'Server#_setupWorker': nativeHandle,
      'Socket#_handle':
        'an accessor, where each socket of Node has a field: the handle is made when it is first asked for',
      'Stream#_handle': 'as Socket#_handle',
    },
    http: {
      'OutgoingMessage#_headers': 'gone since Node 25',
      'OutgoingMessage#_headerNames': 'gone since Node 25',
    },
    url: {},
    querystring: {},
    tls: {
      createSecurePair:
        'gone since Node 24; where the runtime has it, a member of the default export, and no named one',
      'TLSSocket#_wrapHandle': nativeHandle,
      'TLSSocket#_init': nativeHandle,
    },
    http2: {},
    https: {
      'Agent#createConnection': 'takes any number of arguments, as in Node 26',
    },
  },
  seeds: {
    dgram: {
      'dgram.limit.ipv4MinMtu': 'a fact about links, nothing of the module',
      'dgram.limit.ipv4RecommendedMtu': 'a fact about links, nothing of the module',
      'dgram.limit.ipv6MinMtu': 'a fact about links, nothing of the module',
      'dgram.limit.ipv6MinReassembly': 'a fact about links, nothing of the module',
    },
    dns: {},
    net: {
      'net.createServer(maxConnections)': "Node ignores it there, and so do we: it is the server's property",
      'net.createServer(timeout)': 'Node ignores it there, and so do we: sockets have setTimeout()',
      'net.Socket#event:listening': "an event of servers, not of sockets, in Node's documentation as well",
    },
    http: {},
    url: {},
    querystring: {},
    tls: {},
    http2: {},
    https: {},
  },
} as const satisfies Record<string, Record<string, Readonly<Record<string, string>>>>
