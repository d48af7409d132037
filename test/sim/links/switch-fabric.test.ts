import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwitchFabric } from '../../../src/sim/links/switch-fabric.ts'
import type { Frame } from '../../../src/sim/types.ts'

const mac = (number: number) => `02:00:00:00:00:0${number}`

function frame(from: number, to: string): Frame {
  return { source: mac(from), destination: to, payload: { kind: 'opaque', etherType: 0x88b5, bytes: new Uint8Array() } }
}

/** A switch with three ports; `got` says who was given the frame. */
function fabric() {
  const switched = new SwitchFabric()
  let got: number[] = []
  const ports = [1, 2, 3].map(number => ({ send: () => got.push(number) }))
  for (const port of ports) switched.plug(port)
  const port = (number: number) => ports[number - 1] as (typeof ports)[number]
  return {
    switched,
    port,
    send: (from: number, to: string) => {
      got = []
      switched.receive(port(from), frame(from, to))
      return got
    },
  }
}

test('what is for everybody, or for somebody unknown, goes to all but its sender', () => {
  const { send } = fabric()
  assert.deepEqual(send(1, 'ff:ff:ff:ff:ff:ff'), [2, 3])
  assert.deepEqual(send(1, '01:00:5e:00:00:fb'), [2, 3])
  assert.deepEqual(send(1, '33:33:00:00:00:01'), [2, 3])
  assert.deepEqual(send(1, mac(3)), [2, 3])
})

test('who has sent is known from then on', () => {
  const { send } = fabric()
  send(2, mac(1))
  assert.deepEqual(send(1, mac(2)), [2])
  assert.deepEqual(send(2, mac(1)), [1])
})

test('what is behind the port that it came from stays there', () => {
  const { send } = fabric()
  send(1, mac(2))
  assert.deepEqual(send(1, mac(1)), [])
})

test('a card that is plugged in elsewhere is found there; one that is unplugged is forgotten', () => {
  const { switched, port, send } = fabric()
  send(2, mac(1))
  switched.receive(port(3), frame(2, mac(1)))
  assert.deepEqual(send(1, mac(2)), [3])
  switched.unplug(port(3))
  assert.deepEqual(send(1, mac(2)), [2])
})
