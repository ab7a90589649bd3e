import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { guarded, owned } from '../../lib/guard.ts'
import type { MemoryShare } from '../../lib/memory-budget.ts'
import { refuseUpgrade, WsAcceptor, type WsConnection, type WsHandlers } from '../../transport/index.ts'

export interface RawPlace {
  readonly host: string
  readonly port: number
  /** Whether it speaks TLS. */
  readonly isSecure: boolean
}

interface RawBridgeOptions {
  /** Where rooms takes raw TCP. Undefined where it does not. No peer has a say in it. */
  readonly place: () => RawPlace | undefined
  readonly shareOf: (request: IncomingMessage) => MemoryShare
}

/** Bridges at a time; a page holds one. Past a bound the newcomer is refused. */
export const BRIDGES = { perAddress: 16, inAll: 64 } as const
/** Bytes that one bridge carries to the raw port: the dialect's hello has no more, and what follows it is dropped there. */
export const MOST_BYTES_IN = 1_024
const PING_EVERY_MS = 25_000
/** A hello begins like an object. The port also speaks HTTP, where this server would take the bridge for a local program. */
const HELLO = /^\s*\{/

/**
 * Carries the bytes of a WebSocket to the raw port of rooms and back: a page cannot open a TCP connection. Bytes come
 * back as text frames, wherever TCP has cut them; a character is never cut.
 */
export class RawBridge {
  readonly #options: RawBridgeOptions
  readonly #acceptor: WsAcceptor
  readonly #byAddress = new Map<string, number>()
  #count = 0

  constructor(options: RawBridgeOptions) {
    this.#options = options
    this.#acceptor = new WsAcceptor({
      maxPayloadBytes: MOST_BYTES_IN,
      slow: { code: 1008, reason: 'too slow' },
      pingIntervalMs: PING_EVERY_MS,
      shareOf: options.shareOf,
    })
  }

  /** Bridges that are open. */
  get count(): number {
    return this.#count
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const place = this.#options.place()
    if (!place) {
      refuseUpgrade(request, 404, 'Not Found')
      return
    }
    const { address } = this.#options.shareOf(request)
    const ofAddress = this.#byAddress.get(address) ?? 0
    if (this.#count >= BRIDGES.inAll || ofAddress >= BRIDGES.perAddress) {
      refuseUpgrade(request, 503, 'Service Unavailable', { body: 'too many bridges to raw TCP are open' })
      return
    }
    this.#acceptor.accept(request, socket, head, (connection) => {
      this.#count += 1
      this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
      return bridge(connection, place, () => this.#forget(address))
    })
  }

  /** Resolves when all are gone. */
  close(): Promise<void> {
    return this.#acceptor.close(1001, 'the server is closing')
  }

  #forget(address: string): void {
    this.#count -= 1
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left > 0) this.#byAddress.set(address, left)
    else this.#byAddress.delete(address)
  }
}

/** The raw port may be bound to all addresses; it is reached at this machine's own. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host)

/** The certificate is for the names that people use. It need not be looked at: the port is this very process's. */
function open({ host, port, isSecure }: RawPlace): Socket {
  const place = { host: reachable(host), port, noDelay: true }
  if (!isSecure) return connect(place)
  return process.getBuiltinModule('node:tls').connect({ ...place, rejectUnauthorized: false })
}

function bridge(connection: WsConnection, place: RawPlace, onClosed: () => void): WsHandlers {
  const raw = open(place)
  const decoder = new StringDecoder('utf8')
  const fail = () => raw.destroy()
  raw.on('error', fail)
  raw.on(
    'data',
    guarded('tcp', (bytes: Buffer) => carryBack(connection, raw, decoder.write(bytes)), fail),
  )
  // The raw port says nothing when it ends a connection, so neither does the bridge.
  raw.on(
    'close',
    guarded('tcp', () => connection.close(1000, 'the raw port has closed')),
  )
  let bytesIn = 0
  return {
    onText(text) {
      if (bytesIn === 0 && !HELLO.test(text)) connection.close(1008, 'a hello is an object')
      else {
        bytesIn += Buffer.byteLength(text)
        if (bytesIn > MOST_BYTES_IN) connection.close(1009, 'too many bytes')
        else if (!raw.destroyed) raw.write(text)
      }
    },
    onClose() {
      raw.destroy()
      onClosed()
    },
  }
}

function carryBack(connection: WsConnection, raw: Socket, text: string): void {
  if (text === '') return
  connection.send(text)
  if (!connection.isCrowded) return
  raw.pause()
  owned(
    'tcp',
    connection.drained().then(() => raw.resume()),
  )
}
