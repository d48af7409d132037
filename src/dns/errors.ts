// Failures as Node's dns reports them: `queryA ENOTFOUND name`.

import { codedError } from '../core/errors.ts'
import { systemErrorNumber } from '../core/system-errors.ts'

export interface DnsError extends Error {
  errno: number | undefined
  code: string
  syscall: string
  hostname?: string
}

export function dnsError(code: string, syscall: string, hostname: string): DnsError {
  const error = new Error(`${syscall} ${code}${hostname ? ` ${hostname}` : ''}`) as DnsError
  Error.captureStackTrace(error, dnsError)
  // Only what the system reports has a number; c-ares' codes have none.
  error.errno = code === 'EINVAL' ? systemErrorNumber('EINVAL') : undefined
  error.code = code
  error.syscall = syscall
  if (hostname) error.hostname = hostname
  return error
}

export function invalidIpAddress(text: string): TypeError {
  return codedError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${text}`, invalidIpAddress)
}

export function setServersFailed(reason: string, servers: readonly string[]): Error {
  const message = `c-ares failed to set servers: "${reason}" [${servers.join(',')}]`
  return codedError(Error, 'ERR_DNS_SET_SERVERS_FAILED', message, setServersFailed)
}

export function invalidLocalAddress(message: string): TypeError {
  return codedError(TypeError, 'ERR_INVALID_ARG_VALUE', message, invalidLocalAddress)
}
