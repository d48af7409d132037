// Which test exercises which entry of the seed inventory of tls.

import type { Seeds } from './seeds.ts'

export const seeds: Seeds = {
  'tls/exchange.test.ts': {
    'carries what is said on it, both ways, from before the handshake is done': [
      'tls.connect',
      'tls.createServer',
      'tls.createServer(key)',
      'tls.createServer(cert)',
      'tls.Server',
      'tls.TLSSocket',
    ],
    'shows addresses and counts plaintext': [
      'tls.TLSSocket#address',
      'tls.TLSSocket#encrypted',
      'tls.TLSSocket#localAddress',
      'tls.TLSSocket#localPort',
      'tls.TLSSocket#remoteAddress',
      'tls.TLSSocket#remoteFamily',
      'tls.TLSSocket#remotePort',
    ],
    'runs over a pipe, and over any stream': ['tls.TLSSocket#constructor'],
    'agrees on TLS 1.3 by default and on 1.2 where one side wants it': ['tls.TLSSocket#getProtocol'],
    'TLS-12, TLS-13: what was agreed, and nothing of it before': [
      'tls.TLSSocket#getCipher',
      'tls.TLSSocket#getCipher.name',
      'tls.TLSSocket#getCipher.standardName',
      'tls.TLSSocket#getCipher.version',
      'tls.TLSSocket#getEphemeralKeyInfo',
      'tls.TLSSocket#getEphemeralKeyInfo.type',
      'tls.TLSSocket#getEphemeralKeyInfo.name',
      'tls.TLSSocket#getEphemeralKeyInfo.size',
      'tls.TLSSocket#getFinished',
      'tls.TLSSocket#getPeerFinished',
    ],
    'TLS-14: shared signature algorithms': ['tls.TLSSocket#getSharedSigalgs'],
    'TLS-15: certificates, with their issuers where asked': [
      'tls.TLSSocket#getPeerCertificate',
      'tls.TLSSocket#getPeerCertificate(detailed)',
      'tls.TLSSocket#getPeerX509Certificate',
    ],
    'its own certificate': ['tls.TLSSocket#getCertificate'],
    'the same exported keys on both sides': ['tls.TLSSocket#exportKeyingMaterial'],
    'TLS-5: key log lines in NSS format': ['tls.Server#event:keylog'],
    'whether a fragment size and a renegotiation are possible': [
      'tls.TLSSocket#setMaxSendFragment',
      'tls.TLSSocket#renegotiate',
      'tls.TLSSocket#disableRenegotiation',
    ],
    'TLS-16: what it traces': ['tls.TLSSocket#enableTrace'],
    'ciphers and contexts': ['tls.getCiphers', 'tls.createSecureContext'],
  },
  'tls/policy/identity.test.ts': { 'says why, as Node does': ['tls.checkServerIdentity'] },
  'tls/certificate-checks.test.ts': {
    'is authorized by the right certificate': ['tls.TLSSocket#authorized', 'tls.TLSSocket#authorizationError'],
    'checks a resumed connection as a new one': ['tls.TLSSocket#getSession', 'tls.TLSSocket#isSessionReused'],
    'TLS-3: takes NODE_TLS_REJECT_UNAUTHORIZED=0 as the word where nothing is said': [
      'tls.env.NODE_TLS_REJECT_UNAUTHORIZED',
    ],
    'lets in a client of its authority': ['tls.createServer(ca)'],
  },
  'tls/api/server.test.ts': {
    'listens, tells where, counts, and closes': [
      'tls.Server#listen',
      'tls.Server#listening',
      'tls.Server#address',
      'tls.Server#address.address',
      'tls.Server#address.family',
      'tls.Server#address.port',
      'tls.Server#close',
      'tls.Server#event:close',
      'tls.Server#event:error',
      'tls.Server#event:listening',
      'tls.Server#getConnections',
      'tls.Server#maxConnections',
      'tls.Server#ref',
      'tls.Server#unref',
    ],
    'tells a connection before the handshake and after it': [
      'tls.Server#event:connection',
      'tls.Server#event:secureConnection',
    ],
    'TLS-9: has a context per name, and for the rest its own': ['tls.Server#addContext', 'tls.Server#setSecureContext'],
    'agrees on a protocol in its own order; refuses where there is none': [
      'tls.TLSSocket#alpnProtocol',
      'tls.Server#event:tlsClientError',
    ],
    'resumes sessions by tickets; TLS-8: their keys can be set': [
      'tls.Server#getTicketKeys',
      'tls.Server#setTicketKeys',
      'tls.TLSSocket#getTLSTicket',
    ],
    'TLS-6: keeps sessions where the program keeps them': [
      'tls.Server#event:newSession',
      'tls.Server#event:resumeSession',
    ],
    'TLS-7: staples what OCSPRequest gives': ['tls.Server#event:OCSPRequest'],
  },
}
