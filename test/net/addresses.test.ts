import assert from 'node:assert/strict'
import runtime from 'node:net'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from '../../src/net/index.ts'

test('a BlockList answers, lists and prints as the runtime’s does', () => {
  const lists = [new BlockList(), new runtime.BlockList()] as const
  for (const list of lists) {
    list.addAddress('123.123.123.123')
    list.addAddress('8592:757c:efae:4e45::1', 'ipv6')
    list.addRange('10.0.0.1', '10.0.0.10')
    list.addRange('::1', '::f', 'ipv6')
    list.addSubnet('192.168.9.9', 20)
    list.addSubnet('8592:757c:efae:4e45::', 64, 'ipv6')
  }
  const [ours, theirs] = lists
  // Newer runtimes keep addresses apart, and list them first.
  assert.deepEqual(ours.rules.toSorted(), theirs.rules.toSorted())
  const questions: [string, 'ipv4' | 'ipv6'][] = [
    ['123.123.123.123', 'ipv4'],
    ['123.123.123.124', 'ipv4'],
    ['::ffff:123.123.123.123', 'ipv6'],
    ['::ffff:7b7b:7b7b', 'ipv6'],
    ['10.0.0.0', 'ipv4'],
    ['10.0.0.1', 'ipv4'],
    ['10.0.0.10', 'ipv4'],
    ['10.0.0.11', 'ipv4'],
    ['::ffff:10.0.0.5', 'ipv6'],
    ['::9', 'ipv6'],
    ['::10', 'ipv6'],
    ['192.168.0.0', 'ipv4'],
    ['192.168.15.255', 'ipv4'],
    ['192.168.16.0', 'ipv4'],
    ['8592:757c:efae:4e45:ffff::', 'ipv6'],
    ['8592:757c:efae:4e46::', 'ipv6'],
  ]
  for (const [address, family] of questions) {
    assert.equal(ours.check(address, family), theirs.check(address, family), address)
  }
})

test('a BlockList prints as the runtime’s does', () => {
  const lists = [new BlockList(), new runtime.BlockList()] as const
  for (const list of lists) list.addSubnet('10.0.0.0', 8)
  assert.equal(inspect(lists[0]), inspect(lists[1]))
  assert.equal(inspect({ list: lists[0] }), inspect({ list: lists[1] }))
})

test('rules may be removed, cleared, and written as CIDR', () => {
  const list = new BlockList()
  list.addCIDRs(BlockList.PRIVATE_RANGES)
  assert.equal(list.size, BlockList.PRIVATE_RANGES.length)
  assert.ok(list.check('10.1.2.3'))
  assert.ok(list.check('fe80::1', 'ipv6'))
  list.removeCIDR('10.0.0.0/8')
  assert.ok(!list.check('10.1.2.3'))
  list.addAddresses(['1.1.1.1', '2.2.2.2'])
  list.removeAddress('1.1.1.1')
  assert.deepEqual([list.check('1.1.1.1'), list.check('2.2.2.2')], [false, true])
  assert.throws(() => list.addCIDRs(['1.0.0.0/8', 'x']), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.ok(!list.check('1.2.3.4'), 'nothing was added of a list with a fault')
  list.clear()
  assert.equal(list.size, 0)
})

test('a BlockList goes through JSON', () => {
  const list = new BlockList()
  list.addSubnet('10.0.0.0', 8)
  list.addRange('2001:db8::1', '2001:db8::9', 'ipv6')
  list.addAddress('1.2.3.4')
  const copy = new BlockList()
  copy.fromJSON(JSON.stringify(list))
  assert.deepEqual(new Set(copy.rules), new Set(list.rules))
  assert.throws(() => copy.fromJSON('{}'), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('bad rules are refused with the runtime’s codes', () => {
  const [ours, theirs] = [new BlockList(), new runtime.BlockList()]
  const attempts: ((list: runtime.BlockList) => void)[] = [
    list => list.addAddress(5 as never),
    list => list.addAddress('x'),
    list => list.addAddress('1.1.1.1', 'ipv9' as never),
    list => list.addRange('2.2.2.2', '1.1.1.1'),
    list => list.addSubnet('1.1.1.1', 33),
    list => list.addSubnet('1.1.1.1', -1),
    list => list.addSubnet('::', 129, 'ipv6'),
  ]
  for (const attempt of attempts) {
    assert.equal(
      codeOf(() => attempt(ours as never)),
      codeOf(() => attempt(theirs)),
      String(attempt),
    )
  }
})

test('a SocketAddress shows, prints and parses as the runtime’s does', () => {
  const inputs = [undefined, { port: 80 }, { family: 'ipv6' }, { address: '1.2.3.4', port: 1 }] as const
  for (const input of inputs) {
    const [ours, theirs] = [new SocketAddress(input), new runtime.SocketAddress(input ?? {})]
    assert.deepEqual(ours.toJSON(), (theirs as unknown as { toJSON(): unknown }).toJSON())
    assert.equal(inspect(ours), inspect(theirs))
  }
  const bad = [{ family: 'x' }, { port: 65536 }, { address: '1' }, { flowlabel: -1 }, { address: '::1' }] as never[]
  for (const input of bad) {
    assert.equal(
      codeOf(() => new SocketAddress(input)),
      codeOf(() => new runtime.SocketAddress(input)),
    )
  }
  assert.deepEqual(SocketAddress.parse('[::1]:8080')?.toJSON(), {
    address: '::1',
    port: 8080,
    family: 'ipv6',
    flowlabel: 0,
  })
  assert.equal(SocketAddress.parse('127.0.0.1:99')?.port, 99)
  assert.equal(SocketAddress.parse('example.org:99'), undefined)
})

test('isIP takes anything', () => {
  for (const value of ['1.2.3.4', '::1', 'x', '', undefined, null, 5, {}] as never[]) {
    assert.deepEqual(
      [isIP(value), isIPv4(value), isIPv6(value)],
      [runtime.isIP(value), runtime.isIPv4(value), runtime.isIPv6(value)],
    )
  }
})

function codeOf(fn: () => unknown): unknown {
  try {
    fn()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'nothing thrown'
}
