// The properties of a server that a program may change while it runs. Source: Node's documentation, "Class: http.Server".

import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from '../message/incoming-message.ts'

export interface HttpServerLike extends EventEmitter {
  timeout: number
  maxHeadersCount: number | null
  maxRequestsPerSocket: number | null
  httpAllowHalfOpen: boolean
  maxHeaderSize: number | undefined
  insecureHTTPParser: boolean | undefined
  httpValidation: 'strict' | 'relaxed' | 'insecure' | undefined
  requestTimeout: number
  headersTimeout: number
  keepAliveTimeout: number
  keepAliveTimeoutBuffer: number
  connectionsCheckingInterval: number
  requireHostHeader: boolean
  joinDuplicateHeaders: boolean | undefined
  rejectNonStandardBodyWrites: boolean
  shouldUpgradeCallback: (request: IncomingMessage) => boolean
}
