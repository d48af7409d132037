// The way to a secure connection. There is no TLS beneath yet: a program that brings its own secure stream hands it in by
// `createConnection`, or by `performServerHandshake`.

import type { Duplex } from 'node:stream'
import { featureUnavailable } from '../core/errors.ts'
import { currentHost } from '../host/current.ts'
import type { ClientOptions } from './options.ts'
import type { Http2RequestListener } from './server-core.ts'

export function connectSecure(_port: string, _host: string, _options: ClientOptions): Duplex {
  throw featureUnavailable('http2.connect to https: without createConnection', currentHost().name)
}

export function createSecureServer(_options?: object, _listener?: Http2RequestListener): never {
  throw featureUnavailable('http2.createSecureServer', currentHost().name)
}
