// Settings: packed and unpacked, checked, as the runtime's own module does.

import assert from 'node:assert/strict'
import builtIn from 'node:http2'
import { describe, it } from 'node:test'
import { constants } from '../../../src/http2/constants.ts'
import {
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  settingEntries,
  validateRemoteCustomSettings,
} from '../../../src/http2/session/settings.ts'

const every = {
  headerTableSize: 1,
  enablePush: true,
  initialWindowSize: 5,
  maxFrameSize: 20_000,
  maxConcurrentStreams: 4,
  maxHeaderListSize: 8,
  enableConnectProtocol: true,
}

describe('settings', () => {
  it('have the constants of the runtime, none missing and none changed', () => {
    assert.deepEqual({ ...constants }, { ...builtIn.constants })
    assert.equal(Object.getPrototypeOf(constants), null)
  })

  it('have the defaults of the runtime, a new object each time', () => {
    assert.deepEqual({ ...getDefaultSettings() }, { ...builtIn.getDefaultSettings() })
    assert.equal(Object.getPrototypeOf(getDefaultSettings()), null)
    assert.notEqual(getDefaultSettings(), getDefaultSettings())
  })

  it('pack as the runtime packs them', () => {
    assert.equal(getPackedSettings({ enablePush: false }).toString('base64'), 'AAIAAAAA')
    assert.deepEqual(getPackedSettings(every), builtIn.getPackedSettings(every))
    assert.deepEqual(getPackedSettings(), Buffer.alloc(0))
  })

  it('unpack what was packed, unknown ones as custom', () => {
    const packed = getPackedSettings({ ...every, customSettings: { 9999: 301 } })
    assert.deepEqual(getUnpackedSettings(packed), { ...every, maxHeaderSize: 8, customSettings: { 9999: 301 } })
    assert.deepEqual(getUnpackedSettings(new Uint8Array([0, 4, 0, 0, 0, 9])), { initialWindowSize: 9 })
  })

  for (const [name, value] of [
    ['headerTableSize', -1],
    ['headerTableSize', 2 ** 32],
    ['initialWindowSize', 2 ** 31],
    ['maxFrameSize', 16_383],
    ['maxFrameSize', 2 ** 24],
    ['maxConcurrentStreams', -1],
    ['maxHeaderListSize', 2 ** 32],
    ['maxHeaderSize', -1],
  ] as const) {
    it(`refuse ${name} of ${value}`, () => {
      assert.throws(() => getPackedSettings({ [name]: value }), {
        name: 'RangeError',
        code: 'ERR_HTTP2_INVALID_SETTING_VALUE',
        message: `Invalid value for setting "${name}": ${value}`,
      })
    })
  }

  it('refuse flags that are no booleans, and payloads of odd length', () => {
    assert.throws(() => getPackedSettings({ enablePush: 1 as never }), {
      name: 'TypeError',
      code: 'ERR_HTTP2_INVALID_SETTING_VALUE',
    })
    assert.throws(() => getUnpackedSettings(Buffer.alloc(5)), { code: 'ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH' })
    assert.throws(() => getUnpackedSettings('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
    const bad = Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])
    assert.equal(getUnpackedSettings(bad).initialWindowSize, 2 ** 32 - 1)
    assert.throws(() => getUnpackedSettings(bad, { validate: true }), { code: 'ERR_HTTP2_INVALID_SETTING_VALUE' })
  })

  it('take ten custom ones and no more', () => {
    const custom = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [1000 + index, 1]))
    const problem = { code: 'ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS' }
    assert.throws(() => getPackedSettings({ customSettings: custom }), problem)
    assert.throws(() => validateRemoteCustomSettings(new Array(11).fill(1)), problem)
    assert.throws(() => validateRemoteCustomSettings([70_000]), { code: 'ERR_HTTP2_INVALID_SETTING_VALUE' })
    assert.throws(() => settingEntries({ customSettings: { 0: 1 } }), { code: 'ERR_HTTP2_INVALID_SETTING_VALUE' })
  })
})
