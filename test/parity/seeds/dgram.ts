// Which test exercises which entry of the seed inventory of dgram.

import type { Seeds } from './seeds.ts'

export const seeds: Seeds = {
  'dgram/socket.test.ts': {
    'is made with and without new, by type or options, with a listener of messages': [
      'dgram.createSocket',
      'dgram.createSocket(type)',
      'dgram.Socket',
    ],
    'a udp6 socket hears IPv4 under mapped addresses, and answers there, unless ipv6Only': [
      'dgram.createSocket(ipv6Only)',
    ],
    'buffer sizes can be asked for at creation and set later': [
      'dgram.createSocket(sendBufferSize)',
      'dgram.createSocket(recvBufferSize)',
      'dgram.Socket#setSendBufferSize',
      'dgram.Socket#setRecvBufferSize',
      'dgram.Socket#getSendBufferSize',
      'dgram.Socket#getRecvBufferSize',
    ],
    'asks the look-up function that it is given, and tells its failure': ['dgram.createSocket(lookup)'],
    'a signal closes it': ['dgram.createSocket(signal)'],
    'a datagram of 65,507 bytes arrives; one more byte is EMSGSIZE': [
      'dgram.limit.ipv4MaxPayload',
      'dgram.limit.payloadLengthBits',
    ],
    'binds in every form, and says where': [
      'dgram.Socket#address',
      'dgram.Socket#address.address',
      'dgram.Socket#address.family',
      'dgram.Socket#address.port',
      'dgram.Socket#bind',
      'dgram.Socket#bind(port)',
      'dgram.Socket#bind(address)',
      'dgram.Socket#bind(callback)',
      'dgram.Socket#event:listening',
    ],
    'an address in use is an error event, and the socket may bind again': ['dgram.Socket#event:error'],
    'connect() fixes the peer, disconnect() frees it': [
      'dgram.Socket#remoteAddress',
      'dgram.Socket#connect',
      'dgram.Socket#disconnect',
      'dgram.Socket#event:connect',
    ],
    'time to live, broadcast and references are set on a bound socket': ['dgram.Socket#ref'],
    'a bound socket keeps the process alive unless unref() was called': ['dgram.Socket#unref'],
    'binds to a descriptor, and refuses one that is no UDP socket': ['dgram.Socket#bind(fd)'],
    'bindSync() and connectSync() give their result at once': ['dgram.Socket#bind(exclusive)'],
    'every form of send() makes one datagram': [
      'dgram.Socket#send',
      'dgram.Socket#send(msg)',
      'dgram.Socket#send(offset)',
      'dgram.Socket#send(length)',
      'dgram.Socket#send(port)',
      'dgram.Socket#send(address)',
      'dgram.Socket#send(callback)',
      'dgram.Socket#event:message',
      'dgram.Socket#event:message.rinfo.address',
      'dgram.Socket#event:message.rinfo.port',
    ],
    'close() ends it: an event, and refusals from then on': ['dgram.Socket#close', 'dgram.Socket#event:close'],
  },
}
