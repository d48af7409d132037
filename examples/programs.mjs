// The programs that `npm start` runs on the stack. A module that lands adds its own: each line of `shows` must come up in
// the output, and `carried` counts, by module, what ours must have carried (see scripts/witness.mjs for the words).

export const programs = [
  {
    title: 'A TCP server and client exchange a greeting',
    file: 'net/greeting.mjs',
    shows: [/^server: 127\.0\.0\.1:\d+ asks: hello$/m, /^client: 127\.0\.0\.1 answers: world$/m, /^client: closed$/m],
    carried: { net: { 'accepted connections': 1, 'opened connections': 1 } },
  },
  {
    title: 'A server greets, then pipes what it hears back (CommonJS)',
    file: 'net/echo.cjs',
    shows: [/^client: hears Good evening/m, /^client: hears An echo/m, /^server: nothing more comes/m],
    carried: { net: { 'accepted connections': 1, 'opened connections': 1 } },
  },
  {
    title: 'HTTP/1.1 by hand over TCP: GET, a picture, POST',
    file: 'net/raw-http-tcp.mjs',
    shows: [
      /received HTTP\/1\.1 200 OK, 84 bytes/,
      /picture begins with PNG/,
      /came back as \{"name":"Zoë","age":"30"\}/,
    ],
    carried: { net: { 'accepted connections': 3, 'opened connections': 3 } },
  },
  {
    title: 'HTTP/1.1 by hand over a UNIX socket',
    file: 'net/raw-http-unix.mjs',
    shows: [/received HTTP\/1\.1 200 OK, 84 bytes/, /came back as \{"name":"John","age":"30"\}/, /the path is gone$/m],
    carried: { net: { 'accepted connections': 2, 'opened connections': 2 } },
  },
  {
    title: 'UDP: a server and its clients exchange datagrams',
    file: 'dgram/server.mjs',
    clients: ['dgram/several-buffers.mjs', 'dgram/client.mjs'],
    shows: [
      /^server: received Hello World from 127\.0\.0\.1$/m,
      /^server: received Some bytes from 127\.0\.0\.1$/m,
      /^client: received exit from 127\.0\.0\.1$/m,
      /^client: closed$/m,
      /^client: sent$/m,
    ],
    carried: { dgram: { 'UDP sockets': 3 } },
  },
  {
    title: 'DNS: the operating system says what a name is',
    file: 'dns/lookup.mjs',
    shows: [/^IPv4: 127\.0\.0\.1$/m, /^IPv6: /m],
    carried: {},
  },
  {
    title: 'DNS: a name server of its own, and a client that asks it',
    file: 'dns/name-server.mjs',
    clients: ['dns/resolve.mjs'],
    shows: [
      /^addresses: 192\.0\.2\.1,192\.0\.2\.2$/m,
      /^reverse of 192\.0\.2\.1: \["archive\.test"\]$/m,
      /^by an alias: 192\.0\.2\.1,192\.0\.2\.2$/m,
      /^mail: \[\{"exchange":"mail\.archive\.test","priority":10\}\]$/m,
      /^missing: ENOTFOUND$/m,
    ],
    carried: {},
  },
  {
    title: 'HTTP: a server and two clients that GET',
    file: 'http/get/server.mjs',
    clients: ['http/get/client1.mjs', 'http/get/client2.mjs'],
    shows: [
      /^server: received GET \/todos\?name=mira$/m,
      /^client 1: 200 OK: \[\{"name":"birthday"/m,
      /^client 1: closed$/m,
      /^client 2: 200 OK: \[\{"name":"hospital"/m,
    ],
    carried: { http: { 'received requests': 2, 'sent requests': 2 } },
  },
  {
    title: 'HTTP: a server and two clients that POST, answered before their bodies have ended',
    file: 'http/post/server.mjs',
    clients: ['http/post/client1.mjs', 'http/post/client2.mjs'],
    shows: [
      /^server: received POST \/todos \{"name":"jonas"\}$/m,
      /^client 1: 200 OK: \[\{"name":"birthday"/m,
      /^client 2: 200 OK: \[\{"name":"hospital"/m,
      /^client 2: closed$/m,
    ],
    carried: { http: { 'received requests': 2, 'sent requests': 2 } },
  },
  {
    title: 'HTTP: an Express application answers curl',
    file: 'http/express.mjs',
    clients: [
      { command: 'curl', args: ['-si', '--json', '{"name":"read"}', 'http://127.0.0.1:PORT/todos'] },
      { command: 'curl', args: ['-s', 'http://127.0.0.1:PORT/todos', 'http://127.0.0.1:PORT/todos/1'] },
      { command: 'curl', args: ['-si', 'http://127.0.0.1:PORT/failing'] },
    ],
    shows: [
      /^HTTP\/1\.1 201 Created/m,
      /^Location: \/todos\/1/m,
      /^\[\{"name":"read"\}\]read$/m,
      /^failed on purpose$/m,
    ],
    carried: { http: { 'received requests': 4 } },
  },
  {
    title: 'HTTP: a Fastify application answers curl',
    file: 'http/fastify.mjs',
    clients: [
      { command: 'curl', args: ['-s', 'http://127.0.0.1:PORT/hello/mira'] },
      { command: 'curl', args: ['-si', '--json', '{"name":"read"}', 'http://127.0.0.1:PORT/todos'] },
      { command: 'curl', args: ['-si', '--json', '{}', 'http://127.0.0.1:PORT/todos'] },
      { command: 'curl', args: ['-s', 'http://127.0.0.1:PORT/stream'] },
    ],
    shows: [
      /^\{"hello":"mira"\}$/m,
      /^HTTP\/1\.1 201 Created/m,
      /^\{"added":"read"\}$/m,
      /^HTTP\/1\.1 400 Bad Request/m,
      /^in three pieces$/m,
    ],
    carried: { http: { 'received requests': 4 } },
  },
  {
    title: 'HTTPS: GET, and POST over a resumed session, with a certificate made on the spot',
    file: 'https/todos.mjs',
    shows: [
      /^server: GET \/index\.html over a new TLSv1\.3 session$/m,
      /^server: POST \/todos over a resumed TLSv1\.3 session$/m,
      /^client: 200 from the right server: <h1>Todos<\/h1>$/m,
      /^client: 201 from the right server: \{"added":"read"\}$/m,
      /^client: refused: UNABLE_TO_VERIFY_LEAF_SIGNATURE$/m,
    ],
    carried: { http: { 'received requests': 2, 'sent requests': 3 }, net: { 'opened connections': 3 } },
  },
  {
    title: 'HTTP/2: GET and POST, in the clear and over TLS, two clients each',
    file: 'http2/todos.mjs',
    shows: [
      /^http: client 1: GET 200: \[\{"name":"birth"/m,
      /^http: client 2: POST 200: \[\{"name":"hospital"/m,
      /^https: client 1: GET 200: \[\{"name":"birth"/m,
      /^https: client 2: POST 200: \[\{"name":"hospital"/m,
    ],
    carried: { http2: { 'received streams': 8, 'sent streams': 8 } },
  },
  {
    title: 'HTTP/2: a page that pushes its style sheet, a file and a part of it, and HTTP/1.1 on the same port',
    file: 'http2/pages.mjs',
    shows: [
      /^pushed \/style\.css: body \{ color: teal \}$/m,
      /^page: <link rel="stylesheet"/m,
      /^part of the file: HTTP\/2$/m,
      /^2\.0 over h2$/m,
      /^1\.1 over /m,
    ],
    carried: { http2: { 'received streams': 5, 'sent streams': 5 } },
  },
  {
    title: 'HTTP/2: a proxy that opens a tunnel for CONNECT',
    file: 'http2/proxy.mjs',
    shows: [/^through the tunnel: HTTP\/1\.1 200 OK/m, /^GET is refused: NGHTTP2_REFUSED_STREAM$/m],
    carried: { http2: { 'received streams': 2, 'sent streams': 2 } },
  },
  {
    title: 'A host around the host: a program that may reach its own machine and nothing else',
    file: 'host/guarded.mjs',
    shows: [/^from this machine: hello$/m, /^from elsewhere: connect EACCES 192\.0\.2\.1:80$/m],
    carried: { http: { 'received requests': 1 } },
  },
  {
    title:
      'A network in the process: two machines, a name server, HTTPS under loss, its packets as a ladder and as pcapng',
    file: 'sim/https-under-loss.mjs',
    shows: [
      /^client: got <h1>Open all night<\/h1> after [\d.]+ ms of simulated time/m,
      /\|-+ SYN -+>\|/,
      /<-+ SYN, ACK -+\|/,
      /TLS ClientHello/,
      /FIN, ACK/,
      /^\d+ packets, [1-9]\d* of them lost: .*https-under-loss\.pcapng$/m,
    ],
    carried: {},
  },
]
