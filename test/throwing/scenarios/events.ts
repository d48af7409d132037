// Events that a scenario may listen for on any object of a class: to hear them changes nothing. Those that a listener changes
// ('data' starts the flow, 'clientError' takes over) are in the scenarios that want the change. 'pause' and 'resume' tell how a
// module reads its own sockets: they are the programs' only where a scenario calls pause() and resume().

const streamEvents = ['end', 'finish', 'drain', 'close'] as const

export const socketEvents = [
  'lookup',
  'connectionAttempt',
  'connectionAttemptFailed',
  'connectionAttemptTimeout',
  'connect',
  'ready',
  'timeout',
  'error',
  ...streamEvents,
]

export const tlsSocketEvents = ['secureConnect', 'secure', 'session', 'keylog', 'OCSPResponse', ...socketEvents]

export const netServerEvents = ['listening', 'connection', 'drop', 'error', 'close']

export const tlsServerEvents = [...netServerEvents, 'secureConnection', 'keylog', 'tlsClientError']

export const datagramEvents = ['listening', 'connect', 'message', 'error', 'close']

export const httpServerEvents = [...netServerEvents, 'dropRequest']

export const httpsServerEvents = [...tlsServerEvents, 'dropRequest']

export const requestEvents = ['timeout', 'error', 'abort', 'continue', 'information', ...streamEvents]

export const responseEvents = ['timeout', 'error', ...streamEvents]

export const messageEvents = ['aborted', 'error', 'timeout', ...streamEvents]

export const sessionEvents = [
  'connect',
  'stream',
  'frameError',
  'goaway',
  'remoteSettings',
  'localSettings',
  'ping',
  'timeout',
  'error',
  'altsvc',
  'origin',
  'close',
]

export const h2StreamEvents = [
  'ready',
  'response',
  'headers',
  'continue',
  'push',
  'trailers',
  'frameError',
  'aborted',
  'timeout',
  'error',
  ...streamEvents,
]

export const h2ServerEvents = [...netServerEvents, 'session', 'sessionError']

export const secureH2ServerEvents = [...tlsServerEvents, 'session', 'sessionError']

export const compatRequestEvents = ['aborted', 'error', 'timeout', 'end', 'close']

export const compatResponseEvents = ['error', 'timeout', 'drain', 'finish', 'close']
