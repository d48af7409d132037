// Frames that come in one packet: what a program hears of one of them, and the ticks of its listeners, come before the next
// one; and a listener that throws does not keep the frames behind from being read. Each scene is played with the runtime's
// module as well, and both must tell the same.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { EventEmitter } from 'node:events'
import builtIn from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import * as ours from '../../../src/http2/index.ts'
import { data, frame, goaway, ping, preface, reset, settings, settingsAck, uint32 } from '../../support/h2-peer.ts'
import { catchUncaught } from '../../support/uncaught.ts'

type Http2 = typeof builtIn

/** `:status: 200`, and with 103 instead. */
const ok = Buffer.from([0x88])
const early = Buffer.from('\x48\x03103', 'latin1')
/** POST (or GET) http://a/. */
const post = Buffer.from('\x83\x86\x84\x41\x01a', 'latin1')
const get = Buffer.from('\x82\x86\x84\x41\x01a', 'latin1')
const trailers = Buffer.from('\x40\x01a\x01b', 'latin1')
const headers = (id: number, block: Buffer, end?: 'end'): Buffer => frame('HEADERS', end ? 5 : 4, id, block)

const last = ping('the last')

interface Client {
  readonly session: builtIn.ClientHttp2Session
  readonly request: builtIn.ClientHttp2Stream
  readonly log: string[]
}

/** A client whose server answers its request with one packet; resolves once the PING at its end has been heard of, or the session closed. */
function playClient(http2: Http2, packet: Buffer[], listen: (client: Client) => void): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const log: string[] = []
    const peer = net.createServer({ noDelay: true }, socket => {
      socket.on('error', () => {})
      let answered = false
      socket.on('data', () => {
        if (!answered) socket.write(Buffer.concat([settings(), settingsAck, ...packet, last]))
        answered = true
      })
    })
    peer.listen(0, '127.0.0.1', () => {
      const session = http2.connect(`http://127.0.0.1:${(peer.address() as AddressInfo).port}`)
      const request = session.request({ ':method': 'POST' })
      session.on('error', reject)
      whenOver(session, () => {
        session.destroy()
        peer.close(() => resolve(log))
      })
      request.on('error', () => {})
      listen({ session, request, log })
    })
  })
}

interface Serving {
  readonly server: builtIn.Http2Server
  readonly log: string[]
}

/** A server whose client sends one packet, and another once that has been dealt with. */
function playServer(
  http2: Http2,
  packet: Buffer[],
  listen: (serving: Serving) => void,
  later: Buffer[] = [],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const log: string[] = []
    const server = http2.createServer()
    server.on('sessionError', reject)
    server.on('session', session => {
      whenOver(session, () => {
        session.destroy()
        server.close(() => resolve(log))
      })
    })
    listen({ server, log })
    server.listen(0, '127.0.0.1', () => {
      const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.on('error', () => {})
      let isDone = false
      socket.on('data', chunk => {
        if (isDone || !chunk.includes('1st done')) return
        isDone = true
        socket.write(Buffer.concat([...later, last]))
      })
      socket.write(Buffer.concat([preface, settings(), ...packet, later.length > 0 ? ping('1st done') : last]))
    })
  })
}

function whenOver(session: EventEmitter, end: () => void): void {
  let isOver = false
  const finish = (): void => {
    if (isOver) return
    isOver = true
    setImmediate(() => setImmediate(end))
  }
  session.on('ping', payload => {
    if (String(payload) === 'the last') finish()
  })
  session.on('close', finish)
}

type Play = (http2: Http2, thrown: unknown[]) => Promise<string[]>

function both(name: string, play: Play, expected: string[]): void {
  it(name, async t => {
    const thrown = catchUncaught(t)
    assert.deepEqual(await play(builtIn, thrown), expected, "the runtime's")
    thrown.length = 0
    assert.deepEqual(await play(ours as unknown as Http2, thrown), expected)
  })
}

describe('frames in one packet', () => {
  const answer = [headers(1, early), headers(1, ok), data(1, 'one'), data(1, 'two', 'end')]

  both(
    "'headers' and 'response' come before the data, and the peer's side is open at 'end'",
    http2 =>
      playClient(http2, answer, ({ request, log }) => {
        for (const event of ['headers', 'response', 'end', 'close'])
          request.on(event, () => log.push(`${event} ${request.state.state} ${request.state.remoteClose}`))
        request.on('data', chunk => log.push(`data ${chunk} ${request.state.state}`))
        request.end()
      }),
    ['headers 5 0', 'response 5 0', 'data one 5', 'data two 5', 'end 5 0', 'close undefined undefined'],
  )

  both(
    "'trailers' come before 'end'",
    http2 =>
      playServer(http2, [headers(1, post), headers(1, trailers, 'end')], ({ server, log }) => {
        server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
          for (const event of ['data', 'trailers', 'end']) stream.on(event, () => log.push(event))
        })
      }),
    ['trailers', 'end'],
  )

  both(
    "'trailers' come before 'end' in a packet of their own",
    http2 =>
      playServer(
        http2,
        [headers(1, post)],
        ({ server, log }) => {
          server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
            for (const event of ['data', 'trailers', 'end']) stream.on(event, () => log.push(event))
          })
        },
        [headers(1, trailers, 'end')],
      ),
    ['trailers', 'end'],
  )

  both(
    "what 'response' ends hears no more",
    http2 =>
      playClient(http2, answer, ({ session, request, log }) => {
        for (const event of ['response', 'data', 'end', 'close']) request.on(event, () => log.push(event))
        request.on('response', () => session.destroy())
      }),
    ['response', 'end', 'close'],
  )

  both(
    "the ticks of 'response' run before the data",
    http2 =>
      playClient(http2, answer, ({ session, request, log }) => {
        for (const event of ['response', 'data', 'end', 'close']) request.on(event, () => log.push(event))
        request.on('response', () => process.nextTick(() => session.destroy()))
      }),
    ['response', 'end', 'close'],
  )

  both(
    "a server's stream is open at its 'end', and the next stream comes behind",
    http2 =>
      playServer(http2, [headers(1, post), data(1, 'body', 'end'), headers(3, get, 'end')], ({ server, log }) => {
        server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
          const told = (event: string): void => {
            log.push(`${event} ${stream.id}: ${stream.state.state} ${stream.state.remoteClose}`)
          }
          told('stream')
          stream.on('end', () => told('end'))
          stream.on('data', chunk => told(`data ${chunk}`))
        })
      }),
    ['stream 1: 2 0', 'data body 1: 2 0', 'end 1: 2 0', 'stream 3: 2 0', 'end 3: 2 0'],
  )

  both(
    "a session that is closed in 'stream' refuses the next request of the packet",
    http2 =>
      playServer(http2, [headers(1, get, 'end'), headers(3, get, 'end')], ({ server, log }) => {
        server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
          log.push(`stream ${stream.id}`)
          stream.session?.close()
        })
      }),
    ['stream 1'],
  )

  both(
    'what a listener enters an async context with does not reach the next stream',
    http2 => {
      const storage = new AsyncLocalStorage<number>()
      return playServer(
        http2,
        [1, 3, 5].map(id => headers(id, get, 'end')),
        ({ server, log }) => {
          server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
            log.push(`${stream.id}: ${storage.getStore()}`)
            storage.enterWith(stream.id as number)
          })
        },
      )
    },
    ['1: undefined', '3: undefined', '5: undefined'],
  )
})

describe('priorities of RFC 7540', () => {
  const dependency = Buffer.concat([uint32(0), Buffer.of(7)])
  const [one, three] = [1, 3].map(id => frame('PRIORITY', 0, id, dependency)) as [Buffer, Buffer]
  const withHead = frame('HEADERS', 4 | 32, 1, Buffer.concat([dependency, post]))
  both(
    'are told of on Node before 24, where they come as a frame of their own',
    http2 =>
      playServer(http2, [withHead, three, one], ({ server, log }) => {
        server.on('priority', (id: number) => log.push(`server ${id}`))
        server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
          log.push(`stream ${stream.id}`)
          stream.on('priority', (id: number) => log.push(`of stream ${id}`))
        })
      }),
    Number.parseInt(process.versions.node, 10) < 24 ? ['stream 1', 'server 3', 'of stream 1'] : ['stream 1'],
  )
})

describe('a listener that throws keeps no frame from being read', () => {
  const fail = (log: string[], event: string) => (): never => {
    log.push(event)
    throw new Error(event)
  }
  const behind = headers(3, get, 'end')

  const priority = frame('PRIORITY', 0, 1, Buffer.concat([uint32(0), Buffer.of(7)]))
  // From Node 24 on nobody is told of what RFC 7540 called priority.
  const isTold = Number.parseInt(process.versions.node, 10) < 24
  const priorityOfOne: [event: string, frames: Buffer[]][] = isTold ? [['priority', [priority]]] : []
  const onSession: [event: string, frames: Buffer[]][] = [
    ['ping', [ping('a listen')]],
    ['remoteSettings', []],
    ...priorityOfOne,
  ]
  for (const [event, frames] of onSession) {
    both(
      `'${event}' of a server's session`,
      (http2, thrown) => {
        return playServer(http2, [...frames, headers(1, post), behind], ({ server, log }) => {
          server.on('session', session => session.once(event, fail(log, event)))
          server.on('stream', (stream: builtIn.ServerHttp2Stream) => log.push(`stream ${stream.id} ${thrown.length}`))
        })
      },
      [event, 'stream 1 1', 'stream 3 1'],
    )
  }

  const onStream: [event: string, frames: Buffer[]][] = [
    ['data', [data(1, 'body'), data(1, 'more')]],
    ['end', [data(1, '', 'end')]],
    ['trailers', [headers(1, trailers, 'end')]],
    ['aborted', [reset(1, 8)]],
    ['close', [reset(1, 8)]],
    ...priorityOfOne,
  ]
  for (const [event, frames] of onStream) {
    both(
      `'${event}' of a server's stream`,
      (http2, thrown) => {
        return playServer(http2, [headers(1, post), ...frames, behind], ({ server, log }) => {
          server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
            log.push(`stream ${stream.id} ${thrown.length}`)
            stream.on('error', () => {})
            stream.resume()
            if (stream.id === 1) stream.once(event, fail(log, event))
          })
        })
      },
      ['stream 1 0', event, 'stream 3 1'],
    )
  }

  both(
    "'stream'",
    (http2, thrown) => {
      return playServer(http2, [headers(1, get, 'end'), behind], ({ server, log }) => {
        server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
          log.push(`stream ${stream.id} ${thrown.length}`)
          if (stream.id === 1) throw new Error('stream')
        })
      })
    },
    ['stream 1 0', 'stream 3 1'],
  )

  for (const event of ['headers', 'response', 'data', 'end']) {
    both(
      `'${event}' of a client's request`,
      (http2, thrown) => {
        const packet = [headers(1, early), headers(1, ok), data(1, 'one'), data(1, 'two', 'end'), ping('finished')]
        return playClient(http2, packet, ({ session, request, log }) => {
          request.once(event, fail(log, event))
          request.resume()
          session.on('ping', payload => log.push(`${payload} ${thrown.length}`))
        })
      },
      [event, 'finished 1', 'the last 1'],
    )
  }

  both(
    'the callback of a ping, and of settings',
    (http2, thrown) => {
      const packet = [settingsAck, ping('answered', 'ack'), ping('finished')]
      return playClient(http2, packet, ({ session, log }) => {
        session.settings({}, fail(log, 'settings'))
        session.once('connect', () => session.ping(Buffer.from('answered'), fail(log, 'ping')))
        session.on('ping', payload => log.push(`${payload} ${thrown.length}`))
      })
    },
    ['settings', 'ping', 'finished 2', 'the last 2'],
  )

  both(
    "'goaway' of a client's session",
    (http2, thrown) => {
      return playClient(http2, [goaway(1), headers(1, ok, 'end')], ({ session, request, log }) => {
        session.once('goaway', fail(log, 'goaway'))
        request.on('response', () => log.push(`response ${thrown.length}`))
      })
    },
    ['goaway', 'response 1'],
  )
})
