// What our modules have and the runtime's have not: each by name, with what makes it safe to find. Programs detect features by looking for
// members, so that what is found must work. On newer runtimes the list is shorter; a name that is on no list is a mistake.

/** Of Node 26, done here without the runtime's help: it works on older ones as well. */
const ownWork = 'of a newer Node, and done here on any'

/** An own property of Node's objects, which ours answer for from the prototype. */
const ownProperty = 'an own property in Node, an accessor here'

export const surplus: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dgram: { 'Socket#bindSync': ownWork, 'Socket#connectSync': ownWork },
  dns: { resolveTlsa: ownWork, 'Resolver#resolveTlsa': ownWork, 'promises.resolveTlsa': ownWork },
  http: {
    setGlobalProxyFromEnv: ownWork,
    isValidHeaderName: ownWork,
    isValidHeaderValue: ownWork,
    websocketMask: ownWork,
    websocketUnmask: ownWork,
    'ServerResponse#writeInformation': ownWork,
    'ServerResponse#writeHeader': 'deprecated, and gone since Node 26: older programs call it',
    MessageEvent: 'the global, which an older runtime has and does not export',
    'ClientRequest#path': ownProperty,
    'IncomingMessage#socket': ownProperty,
    'IncomingMessage#client': ownProperty,
    'IncomingMessage#rawHeaders': ownProperty,
    'IncomingMessage#rawTrailers': ownProperty,
    'IncomingMessage#signal': ownWork,
    'OutgoingMessage#socket': ownProperty,
    'globalAgent.agentKeepAliveTimeoutBuffer': ownWork,
  },
  https: { 'globalAgent.agentKeepAliveTimeoutBuffer': ownWork },
  http2: {
    'Http2ServerResponse#writableObjectMode': 'as of any Writable',
    'Http2ServerResponse#writableNeedDrain': 'as of any Writable',
    'Http2ServerResponse#onStreamEvent': 'how its stream reaches it',
    'Http2ServerResponse#trailers': ownProperty,
    'Http2ServerResponse#writeInformation': ownWork,
  },
  tls: {
    getCACertificates: ownWork,
    setDefaultCACertificates: ownWork,
    getCertificateCompressionAlgorithms: 'of the engine of our own',
  },
  url: { URLPattern: ownWork, fileURLToPathBuffer: ownWork },
  net: {
    'BlockList.isBlockList': ownWork,
    'BlockList.PRIVATE_RANGES': ownWork,
    'BlockList#addAddresses': ownWork,
    'BlockList#addCIDR': ownWork,
    'BlockList#addCIDRs': ownWork,
    'BlockList#removeAddress': ownWork,
    'BlockList#removeRange': ownWork,
    'BlockList#removeSubnet': ownWork,
    'BlockList#removeCIDR': ownWork,
    'BlockList#clear': ownWork,
    'BlockList#size': ownWork,
    'BlockList#toJSON': ownWork,
    'BlockList#fromJSON': ownWork,
    'SocketAddress.parse': ownWork,
  },
}
