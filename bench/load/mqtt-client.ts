import type { Client } from '../target.ts'
import type { Ear } from './ear.ts'
import { type EndOf, LengthFraming } from './frames.ts'
import { openSocket } from './socket.ts'

interface MqttClientOptions {
  readonly port: number
  readonly clientId: string
  readonly topic: string
  readonly ear: Ear
}

const CONNECT = 0x10
const CONNACK = 0x20
const PUBLISH = 0x30
const PUBACK = 0x40
const SUBSCRIBE = 0x82
const SUBACK = 0x90
const QOS_1 = 0x02
const CLEAN_SESSION = 0x02
const MAX_PACKET_ID = 0xffff

/** Subscribes to a topic with QoS 1, over MQTT 3.1.1: a message's return is its acknowledgement. */
export async function subscribe({ port, clientId, topic, ear }: MqttClientOptions): Promise<Client> {
  const connected = Promise.withResolvers<void>()
  const subscribed = Promise.withResolvers<void>()
  // All replies to one chunk leave in one write: the load generator must not be the bottleneck.
  const replies: Buffer[] = []
  let isReading = false
  const write = (bytes: Buffer) => {
    if (isReading) replies.push(bytes)
    else socket.write(bytes)
  }
  const packets = new LengthFraming(endOfPacket, (bytes, start, end) => {
    const first = bytes[start] ?? 0
    if ((first & 0xf0) === PUBLISH) {
      const topicAt = afterLength(bytes, start)
      const packetIdAt = topicAt + 2 + bytes.readUInt16BE(topicAt)
      write(packet(PUBACK, bytes.subarray(packetIdAt, packetIdAt + 2)))
      ear.hear(bytes, start, end)
    } else if (first === CONNACK) connected.resolve()
    else if (first === SUBACK) subscribed.resolve()
  })
  const socket = await openSocket(port, (chunk, length) => {
    isReading = true
    packets.feed(chunk, length)
    isReading = false
    if (replies.length === 0) return
    socket.write(Buffer.concat(replies))
    replies.length = 0
  })
  const closed = socket.closed.then(() => Promise.reject(new Error('closed early')))
  const variableHeader = Buffer.from([0, 4, ...Buffer.from('MQTT'), 4, CLEAN_SESSION, 0, 0])
  socket.write(packet(CONNECT, variableHeader, text(clientId)))
  await Promise.race([connected.promise, closed])
  socket.write(packet(SUBSCRIBE, uint16(1), text(topic), Buffer.from([1])))
  await Promise.race([subscribed.promise, closed])
  closed.catch(() => {})
  let packetId = 0
  return {
    send: (body) => {
      packetId = packetId === MAX_PACKET_ID ? 1 : packetId + 1
      write(packet(PUBLISH | QOS_1, text(topic), uint16(packetId), Buffer.from(body, 'latin1')))
    },
    close: () => socket.destroy(),
  }
}

const endOfPacket: EndOf = (bytes, start, length) => {
  const header = afterLength(bytes, start)
  if (header > length) return -1
  let size = 0
  for (let at = header - 1; at > start; at--) size = size * 128 + ((bytes[at] ?? 0) & 0x7f)
  return header + size
}

/** The length takes one to four bytes: the last has its high bit clear. */
function afterLength(bytes: Buffer, start: number): number {
  let at = start + 1
  while ((bytes[at] ?? 0) >= 0x80) at++
  return at + 1
}

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  const length = size < 128 ? [size] : [0x80 | (size % 128), size >> 7]
  return Buffer.concat([Buffer.from([first, ...length]), ...parts])
}

const text = (value: string): Buffer => Buffer.concat([uint16(value.length), Buffer.from(value, 'latin1')])

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
