// What a meter reads for one module, and the modules that are metered. A module joins with a line here and in names.ts,
// a file in types/ and one in seeds/.

import * as builtInDgram from 'node:dgram'
import * as builtInDns from 'node:dns'
import * as builtInHttp from 'node:http'
import * as builtInHttp2 from 'node:http2'
import * as builtInHttps from 'node:https'
import * as builtInNet from 'node:net'
import * as builtInQuerystring from 'node:querystring'
import * as builtInTls from 'node:tls'
import * as builtInUrl from 'node:url'
import * as dgram from '../../src/dgram/index.ts'
import * as dns from '../../src/dns/index.ts'
import * as http from '../../src/http/index.ts'
import * as http2 from '../../src/http2/index.ts'
import * as https from '../../src/https/index.ts'
import * as net from '../../src/net/index.ts'
import * as querystring from '../../src/querystring/index.ts'
import * as tls from '../../src/tls/index.ts'
import * as url from '../../src/url/index.ts'
import * as names from './names.ts'
import { seeds as dgramSeeds } from './seeds/dgram.ts'
import { seeds as dnsSeeds } from './seeds/dns.ts'
import { seeds as httpSeeds } from './seeds/http.ts'
import { seeds as http2Seeds } from './seeds/http2.ts'
import { seeds as httpsSeeds } from './seeds/https.ts'
import { seeds as netSeeds } from './seeds/net.ts'
import { seeds as querystringSeeds } from './seeds/querystring.ts'
import type { Seeds } from './seeds/seeds.ts'
import { seeds as tlsSeeds } from './seeds/tls.ts'
import { seeds as urlSeeds } from './seeds/url.ts'

export interface Reading {
  readonly of: number
  /** How many are exceptions here. */
  readonly excepted: number
  /** What is not as in Node and is no exception, and why. */
  readonly missing: readonly string[]
}

export interface MeteredModule {
  readonly ours: Readonly<Record<string, unknown>>
  readonly builtIn: Readonly<Record<string, unknown>>
  /** Names of the exports that the compiler compares, in types/. */
  readonly types: Readonly<Record<string, true>>
  /** Undefined: no tests are named yet. */
  readonly seeds: Seeds | undefined
}

export const meteredModules = {
  dgram: { ours: dgram, builtIn: builtInDgram, types: names.dgram, seeds: dgramSeeds },
  dns: { ours: dns, builtIn: builtInDns, types: names.dns, seeds: dnsSeeds },
  http: { ours: http, builtIn: builtInHttp, types: names.http, seeds: httpSeeds },
  http2: { ours: http2, builtIn: builtInHttp2, types: names.http2, seeds: http2Seeds },
  net: { ours: net, builtIn: builtInNet, types: names.net, seeds: netSeeds },
  tls: { ours: tls, builtIn: builtInTls, types: names.tls, seeds: tlsSeeds },
  https: { ours: https, builtIn: builtInHttps, types: names.https, seeds: httpsSeeds },
  querystring: {
    ours: querystring,
    builtIn: builtInQuerystring,
    types: names.querystring,
    seeds: querystringSeeds,
  },
  url: { ours: url, builtIn: builtInUrl, types: names.url, seeds: urlSeeds },
} satisfies Record<string, MeteredModule>

export type ModuleName = keyof typeof meteredModules
export const moduleNames = Object.keys(meteredModules) as ModuleName[]
