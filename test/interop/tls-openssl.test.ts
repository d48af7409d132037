// tls with `openssl s_client` and `s_server`, both ways, feature by feature. Suites, groups and schemes are in
// tls-tables.test.ts. Skipped where the command is not installed.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { authority, client, localhost, otherAuthority } from '../tls/certificates.ts'
import { connect, listen, type Socket, secured } from '../tls/pair.ts'
import { file, files, makeStaple, sClient, skip, sServer } from './openssl.ts'

const versions = ['-tls1_3', '-tls1_2'] as const

/** Sends back what it hears. */
const echo = (socket: Socket): void => {
  socket.on('data', data => socket.write(data))
  socket.on('error', () => {})
}

/** The next line that a socket hears. */
async function line(socket: Socket): Promise<string> {
  let text = ''
  while (!text.endsWith('\n')) text += String((await once(socket, 'data'))[0])
  return text.trimEnd()
}

describe('tls and openssl', { skip }, () => {
  describe('KeyUpdate', () => {
    it('of s_client, alone and with its wish for ours', async t => {
      const { port } = await listen(t, {}, echo)
      const peer = sClient(t, port, '-tls1_3', '-msg')
      await peer.prints(/read R BLOCK/)
      for (const [round, command] of ['k', 'K', 'K', 'k'].entries()) {
        peer.says(command)
        await peer.prints(new RegExp(`(>>> .*KeyUpdate[\\s\\S]*){${round + 1}}`))
        peer.says(`after ${round}`)
        await peer.prints(new RegExp(`after ${round}\\n`))
      }
      assert.equal(peer.output.match(/>>> .*KeyUpdate/g)?.length, 4)
      // Ours, in answer to the two that wished for it.
      assert.equal(peer.output.match(/<<< .*KeyUpdate/g)?.length, 2)
      peer.says('Q')
    })

    it('of s_server, alone and with its wish for ours', async t => {
      const peer = await sServer(t, '-tls1_3', '-msg')
      const socket = await secured(connect(t, peer.port))
      for (const [round, command] of ['k', 'K', 'K', 'k'].entries()) {
        peer.says(command)
        await peer.prints(new RegExp(`(>>> .*KeyUpdate[\\s\\S]*){${round + 1}}`))
        peer.says(`down ${round}`)
        assert.equal(await line(socket), `down ${round}`)
        socket.write(`up ${round}\n`)
        await peer.prints(new RegExp(`up ${round}\\n`))
      }
      assert.equal(peer.output.match(/<<< .*KeyUpdate/g)?.length, 2)
    })
  })

  describe('OCSP stapling', () => {
    for (const version of versions) {
      it(`to s_client (${version})`, async t => {
        const staple = makeStaple()
        const { server, port } = await listen(t, {}, socket => socket.end())
        server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, staple))
        const output = await sClient(t, port, version, '-status', '-ign_eof').end()
        assert.match(output, /OCSP Response Status: successful[\s\S]*Cert Status: good/)
      })

      it(`from s_server (${version})`, async t => {
        const staple = makeStaple()
        const peer = await sServer(t, version, '-status_file', file('staple.der', staple))
        const socket = connect(t, peer.port, { requestOCSP: true })
        const [[response]] = await Promise.all([once(socket, 'OCSPResponse'), secured(socket)])
        assert.deepEqual(response, staple)
        // Who does not ask gets none.
        socket.destroy()
        const other = connect(t, peer.port)
        other.on('OCSPResponse', () => assert.fail('it was not asked for'))
        await secured(other)
      })
    }

    it('that s_client asks for in vain', async t => {
      const { port } = await listen(t, {}, socket => socket.end())
      assert.match(await sClient(t, port, '-status', '-ign_eof').end(), /OCSP response: no response sent/)
    })
  })

  describe('HelloRetryRequest', () => {
    for (const [group, name] of [
      ['P-256', 'prime256v1'],
      ['P-384', 'secp384r1'],
      ['P-521', 'secp521r1'],
      ['X25519', 'X25519'],
    ] as const) {
      const other = group === 'P-256' ? 'X25519' : 'P-256'

      it(`to s_client, for ${group}`, async t => {
        const { port } = await listen(t, { ecdhCurve: group }, socket => socket.end('bye'))
        const peer = sClient(t, port, '-tls1_3', '-msg', '-ign_eof', '-groups', `${other}:${group}`)
        const output = await peer.end()
        assert.match(output, /bye/)
        assert.equal(output.match(/>>> .*ClientHello/g)?.length, 2)
      })

      it(`from s_server, for ${group}`, async t => {
        const peer = await sServer(t, '-tls1_3', '-msg', '-rev', '-groups', group)
        const socket = await secured(connect(t, peer.port, { ecdhCurve: `${other}:${group}` }))
        assert.equal((socket.getEphemeralKeyInfo() as { name: string }).name, name)
        socket.write('abc\n')
        assert.equal(await line(socket), 'cba')
        assert.equal(peer.output.match(/<<< .*ClientHello/g)?.length, 2)
      })
    }

    it('is followed by resumption, with the same groups', async t => {
      const peer = await sServer(t, '-tls1_3', '-rev', '-groups', 'P-384')
      const options = { ecdhCurve: 'X25519:P-384' }
      const first = connect(t, peer.port, options)
      const [session] = await once(first, 'session')
      first.destroy()
      const second = await secured(connect(t, peer.port, { ...options, session }))
      assert.equal(second.isSessionReused(), true)
    })
  })

  describe('renegotiation of TLS 1.2', () => {
    const secure = async (socket: Socket): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        socket.renegotiate({}, error => (error ? reject(error) : resolve()))
      })
    }

    it('by s_client', async t => {
      const { port } = await listen(t, {}, echo)
      const peer = sClient(t, port, '-tls1_2')
      await peer.prints(/Verify return code/)
      peer.says('R')
      await peer.prints(/RENEGOTIATING/)
      peer.says('after')
      await peer.prints(/after\n/)
      peer.says('Q')
    })

    it('by s_client, more often than it may, ends the connection', async t => {
      const { port } = await listen(t, {}, echo)
      const peer = sClient(t, port, '-tls1_2', '-msg')
      await peer.prints(/Verify return code/)
      for (let i = 1; i <= 3; i++) {
        peer.says('R')
        await peer.prints(new RegExp(`(<<< .*Finished[\\s\\S]*){${i + 1}}`))
      }
      peer.says('R')
      assert.equal((await peer.end()).match(/<<< .*Finished/g)?.length, 4)
    })

    it('by our server, which asks for a certificate only then', async t => {
      const { server, port } = await listen(t, { ca: authority.cert, maxVersion: 'TLSv1.2' })
      const [[socket]] = (await Promise.all([
        once(server, 'secureConnection'),
        Promise.resolve(sClient(t, port, '-cert', files.clientCert, '-key', files.clientKey)),
      ])) as [[Socket], unknown]
      assert.deepEqual(socket.getPeerCertificate(), {})
      await new Promise<void>((resolve, reject) => {
        const options = { requestCert: true, rejectUnauthorized: false }
        socket.renegotiate(options, error => (error ? reject(error) : resolve()))
      })
      assert.equal((socket.getPeerCertificate() as { subject: { CN: string } }).subject.CN, 'A client')
    })

    it('by s_server', async t => {
      const peer = await sServer(t, '-tls1_2', '-msg')
      const socket = await secured(connect(t, peer.port))
      await peer.prints(/CIPHER is/)
      peer.says('r')
      await peer.prints(/(>>> .*Finished[\s\S]*){2}/)
      peer.says('after')
      assert.equal(await line(socket), 'after')
      socket.write('up\n')
      await peer.prints(/up\n/)
    })

    it('by s_server, which asks for a certificate only then', async t => {
      const peer = await sServer(t, '-tls1_2', '-CAfile', files.authority)
      await secured(connect(t, peer.port, { key: client.key, cert: client.cert }))
      await peer.prints(/CIPHER is/)
      peer.says('R')
      await peer.prints(/subject=.*CN ?= ?A client|depth=0 .*CN ?= ?A client/)
    })

    it('by our client, where s_server allows it, and where not', async t => {
      const peer = await sServer(t, '-tls1_2', '-client_renegotiation', '-rev')
      const socket = await secured(connect(t, peer.port))
      await secure(socket)
      socket.write('abc\n')
      assert.equal(await line(socket), 'cba')
      const strict = await sServer(t, '-tls1_2')
      const other = await secured(connect(t, strict.port))
      other.renegotiate({}, () => assert.fail('it was refused'))
      const [error] = await once(other, 'error')
      assert.equal(error.code, 'ERR_SSL_NO_RENEGOTIATION')
    })

    it('is none of TLS 1.3', async t => {
      const peer = await sServer(t, '-tls1_3')
      await assert.rejects(secure(await secured(connect(t, peer.port))), { code: 'ERR_SSL_WRONG_SSL_VERSION' })
    })
  })

  describe('client certificates', () => {
    for (const version of versions) {
      it(`of s_client, taken, refused and missed (${version})`, async t => {
        const options = { requestCert: true, ca: authority.cert }
        const { server, port } = await listen(t, options, socket => socket.end(`hello ${socket.authorized}`))
        const good = ['-cert', files.clientCert, '-key', files.clientKey]
        assert.match(await sClient(t, port, version, '-ign_eof', ...good).end(), /hello true/)
        const none = once(server, 'tlsClientError')
        assert.match(
          await sClient(t, port, version, '-ign_eof').end(),
          /alert (certificate required|handshake failure)/,
        )
        assert.equal((await none)[0].code, 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE')
      })

      it(`of ours, for s_server (${version})`, async t => {
        const peer = await sServer(
          t,
          version,
          '-rev',
          '-Verify',
          '1',
          '-verify_return_error',
          '-CAfile',
          files.authority,
        )
        const socket = await secured(connect(t, peer.port, { key: client.key, cert: client.cert }))
        socket.write('abc\n')
        assert.equal(await line(socket), 'cba')
        socket.destroy()
        const none = connect(t, peer.port)
        const [error] = await once(none, 'error')
        assert.match(error.code, /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/)
      })
    }
  })

  describe('resumption', () => {
    for (const version of versions) {
      it(`of s_client, from a file, by ticket (${version})`, async t => {
        const { port } = await listen(t, {}, socket => socket.end(`reused ${socket.isSessionReused()}`))
        const session = file(`session${version}`)
        const out = await sClient(t, port, version, '-ign_eof', '-sess_out', session).end()
        assert.match(out, /reused false/)
        const again = await sClient(t, port, version, '-ign_eof', '-sess_in', session).end()
        assert.match(again, /reused true/)
        assert.match(again, /^Reused, /m)
      })

      it(`of ours, by ticket of s_server (${version})`, async t => {
        const peer = await sServer(t, version, '-rev')
        const first = connect(t, peer.port)
        const [session] = await once(first, 'session')
        first.destroy()
        const second = await secured(connect(t, peer.port, { session }))
        second.write('abc\n')
        assert.equal(await line(second), 'cba')
        assert.equal(second.isSessionReused(), true)
      })
    }

    it('of s_client, five times in a row, by id: -no_ticket -reconnect', async t => {
      const sessions = new Map<string, Buffer>()
      const reused: boolean[] = []
      const { server, port } = await listen(t, { maxVersion: 'TLSv1.2' }, socket => {
        reused.push(socket.isSessionReused())
        socket.on('error', () => {})
      })
      server.on('newSession', (id, data, done) => {
        sessions.set(id.toString('hex'), data)
        done()
      })
      server.on('resumeSession', (id, done) => done(null, sessions.get(id.toString('hex'))))
      const peer = sClient(t, port, '-no_ticket', '-reconnect')
      await peer.prints(/(Reused, [\s\S]*){5}Verify return code/)
      assert.deepEqual(reused.slice(0, 6), [false, true, true, true, true, true])
    })

    it('of s_client, five times in a row, by ticket: -reconnect', async t => {
      const reused: boolean[] = []
      const { port } = await listen(t, { maxVersion: 'TLSv1.2' }, socket => {
        reused.push(socket.isSessionReused())
        socket.on('error', () => {})
      })
      await sClient(t, port, '-reconnect').prints(/(Reused, [\s\S]*){5}Verify return code/)
      assert.deepEqual(reused, [false, true, true, true, true, true])
    })

    it('of ours, by the id that s_server keeps', async t => {
      const peer = await sServer(t, '-tls1_2', '-rev', '-no_ticket')
      const first = await secured(connect(t, peer.port))
      const session = first.getSession()
      assert.equal(first.getTLSTicket(), undefined)
      // OpenSSL forgets the sessions of connections that were cut off.
      first.end()
      await once(first, 'close')
      assert.equal((await secured(connect(t, peer.port, { session }))).isSessionReused(), true)
    })
  })

  describe('keys', () => {
    for (const version of versions) {
      it(`for the program’s own use are the same at both ends: -keymatexport (${version})`, async t => {
        const exported = (socket: Socket) => socket.exportKeyingMaterial(32, 'EXPERIMENTAL test').toString('hex')
        const options = [version, '-keymatexport', 'EXPERIMENTAL test', '-keymatexportlen', '32']
        const { server, port } = await listen(t, {}, socket => socket.once('data', () => socket.end()))
        const told = once(server, 'secureConnection')
        const theirs = sClient(t, port, ...options)
        const [, material] = await theirs.prints(/Keying material: ([0-9A-F]{64})/)
        assert.equal(exported((await told)[0]), material?.toLowerCase())
        theirs.says('Q')
        const peer = await sServer(t, ...options)
        const socket = await secured(connect(t, peer.port))
        assert.equal(exported(socket), (await peer.prints(/Keying material: ([0-9A-F]{64})/))[1]?.toLowerCase())
      })

      it(`are logged in the same lines by both ends (${version})`, async t => {
        const linesOf = (path: string) =>
          (existsSync(path) ? readFileSync(path, 'utf8') : '').split('\n').filter(text => /^[A-Z]/.test(text))
        const { server, port } = await listen(t, {}, socket => socket.end())
        const ours: string[] = []
        server.on('keylog', text => ours.push(String(text).trimEnd()))
        const log = file(`client${version}.keys`)
        await sClient(t, port, version, '-ign_eof', '-keylogfile', log).end()
        assert.deepEqual(ours.toSorted(), linesOf(log).toSorted())
        assert.equal(ours.length, version === '-tls1_3' ? 5 : 1)

        const serverLog = file(`server${version}.keys`)
        const peer = await sServer(t, version, '-rev', '-keylogfile', serverLog)
        const socket = connect(t, peer.port)
        const told: string[] = []
        socket.on('keylog', text => told.push(String(text).trimEnd()))
        await secured(socket)
        socket.write('abc\n')
        assert.equal(await line(socket), 'cba')
        assert.deepEqual(told.toSorted(), linesOf(serverLog).toSorted())
      })
    }
  })

  describe('names and protocols', () => {
    for (const version of versions) {
      it(`s_client is told whose certificates our server takes: those that its options name (${version})`, async t => {
        const ask = async (options: object) => {
          const { port } = await listen(t, { requestCert: true, rejectUnauthorized: false, ...options }, s => s.end())
          return await sClient(t, port, version, '-ign_eof').end()
        }
        const named = await ask({ ca: [authority.cert, otherAuthority.cert] })
        assert.match(
          named,
          /Acceptable client certificate CA names\n.*CN ?= ?Test authority\n.*CN ?= ?Another authority\n/,
        )
        assert.match(await ask({}), /No client certificate CA names sent/)
      })
    }

    it('are agreed on by ALPN, both ways', async t => {
      const { port } = await listen(t, { ALPNProtocols: ['two', 'one'] }, socket => socket.end())
      assert.match(await sClient(t, port, '-ign_eof', '-alpn', 'one,two').end(), /ALPN protocol: two/)
      const other = await sServer(t, '-rev', '-alpn', 'two')
      const socket = await secured(connect(t, other.port, { ALPNProtocols: ['one', 'two'] }))
      assert.equal(socket.alpnProtocol, 'two')
    })

    it('s_client gets the certificate of the name that it asks for', async t => {
      const { server, port } = await listen(t, {}, socket => socket.end())
      server.addContext('*.example', { key: client.key, cert: client.cert })
      const ask = (name: string) => sClient(t, port, '-ign_eof', '-servername', name).end()
      assert.match(await ask('a.example'), /subject=.*CN ?= ?A client/)
      assert.match(await ask('b.test'), /subject=.*CN ?= ?localhost/)
    })

    it('s_server gives ours the certificate of the name that it asks for', async t => {
      const second = ['-servername', 'second.example', '-cert2', files.clientCert, '-key2', files.clientKey]
      const peer = await sServer(t, '-rev', ...second)
      const subjectOf = async (servername: string) => {
        const socket = await secured(connect(t, peer.port, { servername, rejectUnauthorized: false }))
        const { subject } = socket.getPeerCertificate() as { subject: { CN: string } }
        socket.destroy()
        return subject.CN
      }
      assert.equal(await subjectOf('second.example'), 'A client')
      assert.equal(await subjectOf('localhost'), localhost.name)
    })
  })
})
