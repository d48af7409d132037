import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, parseInterfaceAddress, parseMac, Subnet } from '../../../src/sim/topology/addresses.ts'

test('addresses of cards', () => {
  assert.deepEqual(parseInterfaceAddress('10.0.0.2/24', 'address'), { address: '10.0.0.2', prefixLength: 24 })
  assert.deepEqual(parseInterfaceAddress('FD00:0::2/64', 'address'), { address: 'fd00::2', prefixLength: 64 })
  assert.deepEqual(parseInterfaceAddress('10.0.0.0/31', 'address'), { address: '10.0.0.0', prefixLength: 31 })
  assert.deepEqual(parseInterfaceAddress('10.0.0.255/32', 'address'), { address: '10.0.0.255', prefixLength: 32 })
  assert.deepEqual(parseInterfaceAddress('10.0.1.255/16', 'address'), { address: '10.0.1.255', prefixLength: 16 })
})

test('impossible addresses are refused, each with its reason', () => {
  const cases: [unknown, RegExp][] = [
    ['10.0.0.256/24', /must begin with an IP address/],
    ['server', /must begin with an IP address/],
    ['10.0.0.2', /must say how large its network is: 10.0.0.2\/24, for example/],
    ['10.0.0.2/33', /must end with a number of bits up to 32/],
    ['fd00::1/x', /must end with a number of bits up to 128/],
    ['10.0.0.0/24', /not that of the network 10.0.0.0\/24 itself/],
    ['10.0.0.255/24', /must not be the broadcast address of 10.0.0.0\/24/],
    ['224.0.0.1/24', /not of a group/],
    ['ff02::1/64', /not of a group/],
    ['127.0.0.1/8', /must not be a loopback address/],
    ['0.0.0.0/0', /this stands for any/],
    [7, /must be of type string/],
  ]
  for (const [text, message] of cases) assert.throws(() => parseInterfaceAddress(text, 'address'), { message })
  assert.throws(() => parseAddress('here', 'gateway'), { message: /'gateway' must be an IP address/ })
})

test('networks', () => {
  const subnet = Subnet.parse('10.1.0.0/16', 'subnet')
  assert.equal(String(subnet), '10.1.0.0/16')
  assert.ok(subnet.includes('10.1.255.3') && !subnet.includes('10.2.0.1') && !subnet.includes('fd00::1'))
  assert.equal(subnet.address(258), '10.1.1.2')
  assert.equal(subnet.address(65535), undefined)
  assert.equal(subnet.address(65536), undefined)
  assert.equal(Subnet.parse('fd00::/64', 'subnet').address(65536), 'fd00::1:0')
  assert.ok(subnet.overlaps(Subnet.parse('10.0.0.0/8', 'subnet')))
  assert.ok(Subnet.parse('10.0.0.0/8', 'subnet').overlaps(subnet))
  assert.ok(!subnet.overlaps(Subnet.parse('10.2.0.0/16', 'subnet')))
  assert.ok(!subnet.overlaps(Subnet.parse('::/0', 'subnet')))
  assert.throws(() => Subnet.parse('10.1.2.3/16', 'subnet'), { message: /must be a network: 10.1.0.0\/16/ })
})

test('MAC addresses', () => {
  assert.equal(parseMac('02-00-00-00-00-0A', 'mac'), '02:00:00:00:00:0a')
  assert.throws(() => parseMac('02:00', 'mac'), { message: /must be a MAC address/ })
  assert.throws(() => parseMac('01:00:00:00:00:0a', 'mac'), { message: /must not be a group address/ })
})
