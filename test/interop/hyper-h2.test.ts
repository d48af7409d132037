// An independent stack, python's hyper-h2, as the peer of the session engine: it opens requests with bodies, resets, pings,
// changes its settings and reads what comes, and says in the end what it saw. Skipped where it is not installed.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import type { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { EngineStream } from '../../src/http2/engine/types.ts'
import { plainAnswer, serve } from './h2-driver.ts'

const isInstalled = spawnSync('python3', ['-c', 'import h2']).status === 0
const withPython = { skip: isInstalled ? false : 'python3 with h2 is not installed' }

// Written for this test; hyper-h2 checks every frame that comes, and raises where one is not allowed.
const client = `
import socket, sys, json
import h2.connection, h2.config, h2.events, h2.settings
sock = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding='utf-8'))
conn.initiate_connection()
conn.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 5000, h2.settings.SettingCodes.HEADER_TABLE_SIZE: 256})
def fields(path, method='GET', more=()):
    return [(':method', method), (':scheme', 'http'), (':authority', 'a.test'), (':path', path), *more]
for n in range(20):
    conn.send_headers(1 + 2 * n, fields('/%d' % n, more=[('x-n', 'v' * n)]), end_stream=True)
conn.send_headers(41, fields('/big'), end_stream=True)
conn.send_headers(43, fields('/echo', 'POST', [('content-length', '30000')]))
conn.send_headers(45, fields('/reset'))
conn.reset_stream(45, 8)
conn.send_headers(47, fields('/trailers'), end_stream=True)
conn.ping(b'12345678')
sock.sendall(conn.data_to_send())
left = 30000
seen = {'statuses': {}, 'bytes': {}, 'ended': [], 'trailers': None, 'ping': False, 'early': 0}
while len(seen['ended']) < 23 or not seen['ping']:
    while left and conn.local_flow_control_window(43) > 0:
        size = min(left, conn.local_flow_control_window(43), conn.max_outbound_frame_size)
        left -= size
        conn.send_data(43, b'x' * size, end_stream=left == 0)
    sock.sendall(conn.data_to_send())
    data = sock.recv(65536)
    if not data: break
    for event in conn.receive_data(data):
        if isinstance(event, h2.events.ResponseReceived):
            seen['statuses'][event.stream_id] = dict(event.headers)[':status']
        elif isinstance(event, h2.events.InformationalResponseReceived): seen['early'] += 1
        elif isinstance(event, h2.events.DataReceived):
            seen['bytes'][event.stream_id] = seen['bytes'].get(event.stream_id, 0) + len(event.data)
            conn.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.TrailersReceived): seen['trailers'] = event.headers
        elif isinstance(event, h2.events.StreamEnded): seen['ended'].append(event.stream_id)
        elif isinstance(event, h2.events.PingAckReceived): seen['ping'] = True
        elif isinstance(event, (h2.events.ConnectionTerminated, h2.events.StreamReset)): seen['failed'] = str(event)
conn.close_connection()
sock.sendall(conn.data_to_send())
print(json.dumps(seen))
`

interface Seen {
  statuses: Record<string, string>
  bytes: Record<string, number>
  ended: number[]
  trailers: [string, string][] | null
  early: number
  failed?: string
}

function answer(engine: SessionEngine, stream: EngineStream, path: string): void {
  if (path === '/big') {
    engine.sendInformational(stream, [':status', '103', 'link', '</style.css>'])
    engine.respond(stream, [':status', '200', 'x', 'y'.repeat(300)], false)
    engine.sendData(stream, Buffer.alloc(300_000), { endStream: true })
  } else if (path === '/trailers') {
    engine.respond(stream, [':status', '200'], false)
    engine.sendData(stream, Buffer.from('body'))
    engine.sendTrailers(stream, ['x-sum', '4'])
  } else plainAnswer(engine, stream)
}

for (const paddingStrategy of ['none', 'aligned', 'max'] as const)
  test(`hyper-h2 as the client, padding ${paddingStrategy}`, withPython, async () => {
    const server = createServer({ noDelay: true }, socket =>
      serve(socket, answer, { paddingStrategy, growsWindows: true }),
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const python = spawn('python3', ['-c', client, String((server.address() as AddressInfo).port)])
    let output = ''
    let errors = ''
    python.stdout.on('data', chunk => (output += chunk))
    python.stderr.on('data', chunk => (errors += chunk))
    await new Promise(resolve => python.on('close', resolve))
    server.close()
    assert.equal(errors, '')
    const seen = JSON.parse(output) as Seen
    assert.equal(seen.failed, undefined)
    assert.equal(seen.ended.length, 23)
    assert.deepEqual(new Set(Object.values(seen.statuses)), new Set(['200']))
    assert.equal(seen.bytes['41'], 300_000)
    assert.equal(seen.bytes['1'], 12)
    assert.equal(seen.early, 1)
    assert.deepEqual(seen.trailers, [['x-sum', '4']])
  })
