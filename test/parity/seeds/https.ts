// Which test exercises which entry of the seed inventory of https.

import type { Seeds } from './seeds.ts'

export const seeds: Seeds = {
  'https/exchange.test.ts': {
    'HTTPS-1: carries requests and answers': [
      'https.request',
      'https.request(host)',
      'https.request(port)',
      'https.request(path)',
      'https.request(method)',
      'https.createServer',
      'https.createServer(key)',
      'https.createServer(cert)',
      'https.Server#event:request',
    ],
    'HTTPS-1: has servers that inherit from those of tls': ['https.Server', 'https.globalAgent'],
    'HTTPS-2: asks port 443 of localhost for / with GET where nothing is said': ['https.request(protocol)'],
    'HTTPS-4: tells what http tells of requests': [
      'https.request(headers)',
      'https.get',
      'https.Server#event:checkContinue',
      'https.Server#event:checkExpectation',
      'https.Server#event:connect',
    ],
    'tells a connection, listens and closes': [
      'https.Server#event:connection',
      'https.Server#event:listening',
      'https.Server#event:close',
      'https.Server#listen',
      'https.Server#close',
    ],
    'has the limits of http, as Node sets them': [
      'https.Server#maxHeadersCount',
      'https.Server#headersTimeout',
      'https.Server#requestTimeout',
      'https.Server#timeout',
      'https.Server#keepAliveTimeout',
      'https.Server#setTimeout',
    ],
    'tells clientError of a failed handshake, and of bytes that are no request': ['https.Server#event:clientError'],
    upgrades: ['https.Server#event:upgrade'],
  },
  'https/agent.test.ts': {
    'takes the options of http': [
      'https.Agent',
      'https.Agent#constructor',
      'https.Agent#constructor(keepAlive)',
      'https.Agent#constructor(keepAliveMsecs)',
      'https.Agent#constructor(maxFreeSockets)',
      'https.Agent#constructor(maxSockets)',
      'https.Agent#constructor(maxTotalSockets)',
      'https.Agent#constructor(scheduling)',
      'https.Agent#constructor(timeout)',
    ],
    'and shows no private key': ['https.Agent#getName'],
    'tells key log lines of its connections': ['https.Agent#event:keylog'],
  },
}
