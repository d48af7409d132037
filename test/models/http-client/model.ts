// What an http client with an agent must do: a model with no sockets and no bytes. It hears of the same acts as the client and its
// peers, and says which connections are open, where the agent keeps them, and what each request has told its program.

import type { Saying, Sending, Setting } from './acts.ts'

export class RequestModel {
  readonly id: number
  readonly sending: Sending
  readonly reads: boolean
  readonly heard: string[] = []
  connection: ConnectionModel | null = null
  isFinished: boolean
  isClosed = false
  isDestroyed = false
  error: string | undefined
  hasResponse = false
  /** The whole answer has come. */
  isComplete = false
  /** Somebody reads it. */
  isReading = false
  hasEnded = false
  mayReuse: boolean
  /** Its connection's time-out is told to it, once, until its answer has ended. */
  mayTimeOut: boolean
  /** Its connection's time-out ends with it. */
  readonly hasTimeout: boolean

  constructor(id: number, sending: Sending, reads: boolean, mayReuse: boolean, hasTimeout: boolean) {
    this.id = id
    this.sending = sending
    this.reads = reads
    this.isFinished = sending !== 'held'
    this.mayReuse = mayReuse
    this.mayTimeOut = hasTimeout
    this.hasTimeout = hasTimeout
  }
}

export class ConnectionModel {
  readonly served: number[] = []
  owner: RequestModel | null = null
  isFree = false
  isOpen = true
  endsBody = false
  timeout = 0
  deadline: number | undefined
}

export class ClientModel {
  readonly #setting: Setting
  readonly requests: RequestModel[] = []
  readonly connections: ConnectionModel[] = []
  queue: RequestModel[] = []
  free: ConnectionModel[] = []
  now = 0

  constructor(setting: Setting) {
    this.#setting = setting
  }

  get open(): ConnectionModel[] {
    return this.connections.filter(({ isOpen }) => isOpen)
  }

  get used(): ConnectionModel[] {
    return this.open.filter(({ isFree }) => !isFree)
  }

  // The program

  ask(sending: Sending, reads: boolean): RequestModel {
    const { keepAlive, maxSockets, agentTimeout, requestTimeout } = this.#setting
    const mayReuse = keepAlive || Number.isFinite(maxSockets)
    const request = new RequestModel(
      this.requests.length,
      sending,
      reads,
      mayReuse,
      agentTimeout > 0 || requestTimeout > 0,
    )
    this.requests.push(request)
    const pooled = this.free.pop()
    if (pooled !== undefined) {
      pooled.isFree = false
      this.#assign(request, pooled)
    } else if (this.used.length < maxSockets) this.#connect(request)
    else this.queue.push(request)
    return request
  }

  #connect(request: RequestModel): void {
    const connection = new ConnectionModel()
    connection.timeout = this.#setting.requestTimeout || this.#setting.agentTimeout
    this.connections.push(connection)
    this.#touch(connection)
    if (request.sending !== 'guarded' || request.isDestroyed) this.#assign(request, connection)
    else {
      request.isDestroyed = true
      connection.owner = request
      this.#close(connection, undefined)
    }
  }

  #assign(request: RequestModel, connection: ConnectionModel): void {
    const { requestTimeout, agentTimeout } = this.#setting
    if (request.isDestroyed) {
      // It has its turn, and passes it on.
      this.#release(connection, request)
      this.#fail(request)
      return
    }
    request.connection = connection
    connection.owner = request
    connection.served.push(request.id)
    if (requestTimeout > 0 && requestTimeout !== agentTimeout) connection.timeout = requestTimeout
    this.#touch(connection)
  }

  finish(request: RequestModel): void {
    request.isFinished = true
    if (request.connection === null) return
    this.#touch(request.connection)
    if (request.hasEnded) this.#afterExchange(request)
  }

  read(request: RequestModel): void {
    request.isReading = true
    if (request.isComplete) this.#end(request)
  }

  destroy(request: RequestModel, error: string | undefined): void {
    if (request.isDestroyed) return
    request.isDestroyed = true
    request.error = error
    const { connection } = request
    if (connection !== null) this.#close(connection, error)
  }

  destroyAgent(): void {
    for (const connection of this.open) this.#close(connection, undefined)
  }

  // The peers

  say(connection: ConnectionModel, what: Saying): void {
    const request = connection.owner as RequestModel
    this.#touch(connection)
    switch (what) {
      case 'continue':
        request.heard.push('continue', 'information 100')
        break
      case 'information':
        request.heard.push('information 103')
        break
      // Of no other protocol: an answer without a body.
      case 'switching':
      case 'whole':
        this.#respond(request)
        this.#complete(request)
        break
      case 'half':
        this.#respond(request)
        break
      case 'rest':
        this.#complete(request)
        break
      case 'whole-close':
        request.mayReuse = false
        this.#respond(request)
        this.#complete(request)
        this.#close(connection, undefined)
        break
      case 'whole-fin':
        this.#respond(request)
        this.#complete(request)
        this.#close(connection, undefined)
        break
      case 'until-end':
        request.mayReuse = false
        connection.endsBody = true
        this.#respond(request)
        break
      case 'garbage':
        this.#close(connection, 'HPE_INVALID_CONSTANT')
        break
      case 'fin':
        if (connection.endsBody) this.#complete(request)
        this.#close(connection, undefined)
        break
      case 'reset':
        this.#close(connection, 'ECONNRESET')
        break
    }
  }

  /** Bytes, or its end, on a connection that no request has. */
  disturb(connection: ConnectionModel): void {
    this.#close(connection, undefined)
  }

  #respond(request: RequestModel): void {
    request.hasResponse = true
    request.heard.push('response')
    if (request.reads) request.isReading = true
  }

  #complete(request: RequestModel): void {
    request.isComplete = true
    if (request.isReading) this.#end(request)
  }

  #end(request: RequestModel): void {
    if (request.hasEnded) return
    request.hasEnded = true
    request.mayTimeOut = false
    request.heard.push('end')
    const { connection } = request
    if (connection === null) return
    if (!request.mayReuse) this.#close(connection, undefined)
    else if (request.isFinished) this.#afterExchange(request)
  }

  #afterExchange(request: RequestModel): void {
    const connection = request.connection as ConnectionModel
    request.connection = null
    request.isDestroyed = true
    if (request.hasTimeout) {
      connection.timeout = 0
      connection.deadline = undefined
    }
    this.#tellClosed(request)
    this.#release(connection, request)
  }

  /** To the next in line, into the pool, or away. */
  #release(connection: ConnectionModel, request: RequestModel): void {
    const { keepAlive, maxFreeSockets, agentTimeout } = this.#setting
    connection.owner = null
    const next = this.queue.shift()
    if (next !== undefined) this.#assign(next, connection)
    else if (!keepAlive || !request.mayReuse || this.free.length >= maxFreeSockets) this.#close(connection, undefined)
    else {
      connection.isFree = true
      this.free.push(connection)
      if (connection.timeout !== agentTimeout) {
        connection.timeout = agentTimeout
        connection.deadline = agentTimeout > 0 ? this.now + agentTimeout : undefined
      }
    }
  }

  #close(connection: ConnectionModel, error: string | undefined): void {
    if (!connection.isOpen) return
    connection.isOpen = false
    connection.isFree = false
    connection.deadline = undefined
    this.free = this.free.filter(one => one !== connection)
    const { owner } = connection
    connection.owner = null
    if (owner !== null) this.#lose(owner, error)
    const next = this.queue.shift()
    if (next !== undefined) this.#connect(next)
  }

  /** Its connection is gone. */
  #lose(request: RequestModel, error: string | undefined): void {
    request.connection = null
    request.isDestroyed = true
    if (error !== undefined) request.heard.push(`error ${error}`)
    else if (!request.hasResponse) request.heard.push('error ECONNRESET')
    if (request.hasResponse && !request.isComplete) request.heard.push('aborted')
    this.#tellClosed(request)
    if (request.hasResponse && !request.isComplete) request.heard.push('response error ECONNRESET')
  }

  /** It never had a connection. */
  #fail(request: RequestModel): void {
    request.heard.push(`error ${request.error ?? 'ECONNRESET'}`)
    this.#tellClosed(request)
  }

  #tellClosed(request: RequestModel): void {
    if (request.isClosed) return
    request.isClosed = true
    request.heard.push('close')
  }

  // Time

  #touch(connection: ConnectionModel): void {
    connection.deadline = connection.timeout > 0 ? this.now + connection.timeout : undefined
  }

  /** Some time-out is so near that which side of it this is depends on what a step takes. */
  get isUnclear(): boolean {
    return this.open.some(({ deadline }) => deadline !== undefined && Math.abs(deadline - this.now) < 60)
  }

  pass(ms: number): void {
    this.now += ms
    for (;;) {
      const [next] = this.open
        .filter(({ deadline }) => deadline !== undefined && deadline <= this.now)
        .sort((a, b) => Number(a.deadline) - Number(b.deadline))
      if (next === undefined) return
      next.deadline = undefined
      const { owner } = next
      if (next.isFree) this.#close(next, undefined)
      else if (owner?.mayTimeOut) {
        owner.mayTimeOut = false
        owner.heard.push('timeout')
      }
    }
  }
}
