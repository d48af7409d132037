// dns: questions to a name server of the test's, to nobody, and to the system.

import { Authority, DnsServer } from '../../../src/dns-server/index.ts'
import { exampleZone } from '../../dns/example-zone.ts'
import type { Scenario, Scene } from '../scene.ts'

export const dnsScenarios: Readonly<Record<string, Scenario>> = {
  async 'dns: questions to a resolver'(scene) {
    await withServer(scene, async resolver => {
      for (const question of questions) {
        const ask = resolver[question] as (name: string, callback: () => void) => void
        await scene.step(question, () => ask.call(resolver, 'example.test', scene.callback('client', `${question}()`)))
      }
      await scene.step('resolve', () =>
        resolver.resolve('www.example.test', 'TXT', scene.callback('client', 'resolve()')),
      )
      await scene.step('reverse', () => resolver.reverse('192.0.2.1', scene.callback('client', 'reverse()')))
    })
  },

  async 'dns: several questions at once'(scene) {
    await withServer(scene, async resolver => {
      await scene.step('asks', () => {
        resolver.resolve4('www.example.test', scene.callback('client', 'first resolve4()'))
        resolver.resolve4('www.example.test', scene.callback('client', 'second resolve4()'))
        resolver.resolve4('nowhere.example.test', scene.callback('client', 'third resolve4()'))
      })
      await scene.step('asks again', () =>
        resolver.resolve4('www.example.test', scene.callback('client', 'resolve4()')),
      )
    })
  },

  async 'dns: cancelled'(scene) {
    await withServer(scene, async resolver => {
      await scene.step('cancels', () => {
        resolver.resolve4('silent.example.test', scene.callback('client', 'first resolve4()'))
        resolver.resolve4('silent.example.test', scene.callback('client', 'second resolve4()'))
        resolver.cancel()
      })
      await scene.step('asks again', () =>
        resolver.resolve4('www.example.test', scene.callback('client', 'resolve4()')),
      )
    })
  },

  async 'dns: nobody answers'(scene) {
    await withServer(
      scene,
      async resolver => {
        await scene.step(
          'waits',
          () => {
            resolver.resolve4('silent.example.test', scene.callback('client', 'first resolve4()'))
            resolver.resolve4('silent.example.test', scene.callback('client', 'second resolve4()'))
          },
          'client second resolve4() callback 1',
        )
        await scene.step('asks again', () =>
          resolver.resolve4('www.example.test', scene.callback('client', 'resolve4()')),
        )
      },
      50,
    )
  },

  async 'dns: names that are addresses, and names that are none'(scene) {
    const { dns } = scene.modules
    const resolver = new dns.Resolver()
    await scene.step('looks an address up', () => dns.lookup('127.0.0.1', scene.callback('client', 'lookup()')))
    await scene.step(
      'looks a name up',
      () => {
        dns.lookup('localhost', scene.callback('client', 'first lookup()'))
        dns.lookup('localhost', scene.callback('client', 'second lookup()'))
      },
      'client second lookup() callback 1',
    )
    await scene.step(
      'looks a service up',
      () => dns.lookupService('127.0.0.1', 80, scene.callback('client', 'lookupService()')),
      'client lookupService() callback 1',
    )
    await scene.step('reverses what is no address', () =>
      resolver.reverse('example', scene.callback('client', 'reverse()')),
    )
    await scene.step('resolves no name', () => resolver.resolve4('..', scene.callback('client', 'resolve4()')))
  },
}

const questions = [
  'resolve4',
  'resolve6',
  'resolveMx',
  'resolveTxt',
  'resolveNs',
  'resolveSoa',
  'resolveSrv',
  'resolveCaa',
  'resolveCname',
  'resolveNaptr',
  'resolvePtr',
  'resolveAny',
] as const

const zone = exampleZone()

type Resolver = InstanceType<typeof import('node:dns').Resolver>

async function withServer(scene: Scene, use: (resolver: Resolver) => Promise<void>, timeout = 5000): Promise<void> {
  const authority = new Authority([zone])
  const server = new DnsServer({
    responder: {
      respond(query, transport) {
        return Buffer.from(query).includes('silent') ? undefined : authority.respond(query, transport)
      },
    },
  })
  const { port } = await server.listen()
  const resolver = new scene.modules.dns.Resolver({ timeout, tries: 1 })
  resolver.setServers([`127.0.0.1:${port}`])
  await use(resolver)
  await server.close()
}
