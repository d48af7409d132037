// The types of Node's modules where @types/node is not part of a program. A pattern counts only for what nothing declares by its
// full name: with @types/node this file says nothing, and plainwire's types are Node's own. It must stay a script, without
// imports and exports of its own: in a module a declaration of a pattern would be an augmentation.

declare module 'node:dgram*' {
  export * from '#own/dgram'
}

declare module 'node:dns*' {
  export * from '#own/dns'
}

declare module 'node:dns/promises*' {
  export * from '#own/dns/promises'
}

declare module 'node:http*' {
  export * from '#own/http'
}

declare module 'node:http2*' {
  export * from '#own/http2'
}

declare module 'node:https*' {
  export * from '#own/https'
}

declare module 'node:net*' {
  export * from '#own/net'
}

declare module 'node:querystring*' {
  export * from '#own/querystring'
}

declare module 'node:stream*' {
  export * from '#own/stream'
  export { default } from '#own/stream'
}

declare module 'node:tls*' {
  export * from '#own/tls'
}

declare module 'node:url*' {
  export * from '#own/url'
}
