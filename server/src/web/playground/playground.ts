import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MemoryShare } from '../../lib/memory-budget.ts'
import { pathOf, refuseUpgrade, type UpgradeHandler } from '../../transport/index.ts'
import { isEverOpen, isOwnPage, mayEnter, type PlaygroundMode } from './access.ts'
import { RawBridge, type RawPlace } from './raw-bridge.ts'

export const PLAYGROUND = '/playground'
const ABOUT = '/playground/about'
const RAW = '/playground/raw'

interface PlaygroundOptions {
  readonly mode: PlaygroundMode
  /** Where the main port listens. */
  readonly host: string
  /** The dialects that are on. */
  readonly dialects: readonly string[]
  /** The key of the Pusher server here; undefined where there is none. */
  readonly pusherKey: string | undefined
  /** Where rooms takes raw TCP, once it does. */
  readonly rawPlace: () => RawPlace | undefined
  readonly shareOf: (request: IncomingMessage) => MemoryShare
}

const CLOSED =
  'The playground is for this machine itself: HOST is a loopback address, and the request came through no proxy. ' +
  'PARLANCE_PLAYGROUND=true opens it to everybody.\n'

/** The server's part of the playground: who may see it, what is on, and the bridge to raw TCP. */
export class Playground {
  readonly #options: PlaygroundOptions
  readonly #bridge: RawBridge

  constructor(options: PlaygroundOptions) {
    this.#options = options
    this.#bridge = new RawBridge({ place: options.rawPlace, shareOf: options.shareOf })
  }

  /** Whether there is anybody whom it lets in. */
  get isOpen(): boolean {
    return isEverOpen(this.#options.mode, this.#options.host)
  }

  /** Answers what is no file: what is on, and the refusal of the page. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request)
    const isIn = this.#mayEnter(request)
    if (path === ABOUT) answer(response, 200, 'application/json', JSON.stringify(this.#about(isIn)))
    else if (path === PLAYGROUND && !isIn) answer(response, 404, 'text/plain', CLOSED)
    else return false
    return true
  }

  upgradeFor(path: string): UpgradeHandler | undefined {
    if (path !== RAW) return undefined
    return (request, socket, head) => {
      if (!this.#mayEnter(request)) refuseUpgrade(request, 404, 'Not Found', { body: CLOSED })
      else if (!isOwnPage(request))
        refuseUpgrade(request, 403, 'Forbidden', { body: 'not a page of this server\n' })
      else this.#bridge.upgrade(request, socket, head)
    }
  }

  close(): Promise<void> {
    return this.#bridge.close()
  }

  #mayEnter(request: IncomingMessage): boolean {
    return mayEnter(this.#options.mode, this.#options.host, request)
  }

  #about(isIn: boolean): object {
    const { dialects, pusherKey, rawPlace } = this.#options
    if (!isIn) return { isOpen: false }
    return { isOpen: true, dialects, pusherKey: pusherKey ?? null, hasRawTcp: rawPlace() !== undefined }
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response
    .writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .end(body)
}
