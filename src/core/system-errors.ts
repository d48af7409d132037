// The system errors of a network stack, with Linux's numbers and libuv's descriptions. The operating system's host passes on the
// runtime's errors; this table is for hosts without an operating system below them.

const table = {
  EACCES: [13, 'permission denied'],
  EADDRINUSE: [98, 'address already in use'],
  EADDRNOTAVAIL: [99, 'address not available'],
  EAFNOSUPPORT: [97, 'address family not supported'],
  EAGAIN: [11, 'resource temporarily unavailable'],
  EBADF: [9, 'bad file descriptor'],
  ECANCELED: [125, 'operation canceled'],
  ECONNABORTED: [103, 'software caused connection abort'],
  ECONNREFUSED: [111, 'connection refused'],
  ECONNRESET: [104, 'connection reset by peer'],
  EDESTADDRREQ: [89, 'destination address required'],
  EEXIST: [17, 'file already exists'],
  EHOSTDOWN: [112, 'host is down'],
  EHOSTUNREACH: [113, 'host is unreachable'],
  EINVAL: [22, 'invalid argument'],
  EISCONN: [106, 'socket is already connected'],
  EMFILE: [24, 'too many open files'],
  EMSGSIZE: [90, 'message too long'],
  ENETDOWN: [100, 'network is down'],
  ENETUNREACH: [101, 'network is unreachable'],
  ENOBUFS: [105, 'no buffer space available'],
  ENODEV: [19, 'no such device'],
  ENOENT: [2, 'no such file or directory'],
  ENOPROTOOPT: [92, 'protocol not available'],
  ENOTCONN: [107, 'socket is not connected'],
  ENOTSOCK: [88, 'socket operation on non-socket'],
  ENOTSUP: [95, 'operation not supported on socket'],
  EPERM: [1, 'operation not permitted'],
  EPIPE: [32, 'broken pipe'],
  EPROTO: [71, 'protocol error'],
  ETIMEDOUT: [110, 'connection timed out'],
  EOF: [4095, 'end of file'],
} as const satisfies Record<string, readonly [number, string]>

export type SystemErrorCode = keyof typeof table

/** Negative, as in libuv. */
export function systemErrorNumber(code: SystemErrorCode): number {
  return -table[code][0]
}

export function describeSystemError(code: SystemErrorCode): string {
  return table[code][1]
}
