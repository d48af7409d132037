// The forms of `bind()`. Source: Node's documentation, `socket.bind()`.

export interface BindArguments {
  readonly port?: number | undefined
  /** A name or an IP address; nothing: all. */
  readonly address?: string | undefined
  /** Not shared among a cluster's workers. */
  readonly exclusive: boolean
  readonly fd?: number | undefined
  readonly callback?: (() => void) | undefined
}

/** `([port][, address][, callback])` or `(options[, callback])` */
export function readBindArguments(args: readonly unknown[]): BindArguments {
  const [first, second] = args
  const callback = args.findLast(argument => typeof argument === 'function') as (() => void) | undefined
  if (typeof first === 'object' && first !== null) {
    const { port, address, exclusive, fd } = first as Partial<BindArguments>
    const isDescriptor = typeof fd === 'number' && fd === (fd | 0) && fd > 0
    return {
      port,
      address: address || undefined,
      exclusive: Boolean(exclusive),
      fd: isDescriptor ? fd : undefined,
      callback,
    }
  }
  return {
    port: typeof first === 'function' ? undefined : (first as number | undefined),
    address: typeof second === 'function' ? undefined : (second as string | undefined),
    exclusive: false,
    callback,
  }
}
