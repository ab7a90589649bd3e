import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isJsonObject, parseJson } from '../lib/json.ts'
import type { LimitKind } from '../lib/rates.ts'
import { plain, SMALL_BODY_BYTES } from './app.ts'
import { readAhead } from './body-replay.ts'
import type { PathOwner, PathOwners } from './path-owners.ts'

/** A dialect as the dispatcher knows it. */
interface HttpOwner<Name extends string> extends PathOwner<Name> {
  readonly http?: FastifyInstance
}

/** A path that several dialects call: the first key that the body has decides. */
export interface SharedRoute<Name extends string> {
  readonly byKey: readonly (readonly [key: string, name: Name])[]
  /** Also for a body that cannot be parsed. */
  readonly otherwise: Name
  /** The limit by address that requests of this path count against. */
  readonly limit: LimitKind
}

interface DispatcherOptions<Name extends string> {
  readonly owners: PathOwners<HttpOwner<Name>>
  readonly shared: ReadonlyMap<string, SharedRoute<Name>>
  /** The dialect that answers a CORS preflight of a shared path. Undefined: the one that answers unclear bodies. */
  readonly preflight: (origin: string | undefined) => Name | undefined
  /** Whether the peer is over that limit: the dialect that gets the request will refuse it. */
  readonly isOverLimit: (kind: LimitKind, request: IncomingMessage) => boolean
  readonly onRequest: (name: Name) => void
  readonly onError: (error: unknown, request: IncomingMessage) => void
}

/** Bytes read from a peer over its limit, to choose the dialect that refuses: bodies that people send are shorter. */
const HASTY_BODY_BYTES = 2 * 1024

/** Gives each request of a port that several dialects share to the one whose path it is. */
export class Dispatcher<Name extends string> {
  readonly #options: DispatcherOptions<Name>
  readonly #apps: ReadonlyMap<Name, FastifyInstance>

  constructor(options: DispatcherOptions<Name>) {
    this.#options = options
    this.#apps = new Map(
      options.owners.all.flatMap(({ name, http }) => (http ? [[name, http] as const] : [])),
    )
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request)
    const shared = this.#options.shared.get(path)
    if (shared) {
      this.#choose(request, shared)
        .then((name) => this.#route(name, request, response))
        .catch((error) => {
          // A client that went away in the middle of its request is nothing to look into.
          if (request.complete) this.#options.onError(error, request)
          response.destroy()
        })
      return
    }
    const owner = this.#options.owners.find(path)
    if (owner) this.#route(owner.name, request, response)
    else plain(response, 404, 'Not Found')
  }

  #route(name: Name | undefined, request: IncomingMessage, response: ServerResponse): void {
    const app = name && this.#apps.get(name)
    if (!app) {
      plain(response, 404, 'Not Found')
      return
    }
    this.#options.onRequest(name)
    app.routing(request, response)
  }

  async #choose(request: IncomingMessage, shared: SharedRoute<Name>): Promise<Name | undefined> {
    const rows = shared.byKey.filter(([, name]) => this.#apps.has(name))
    const otherwise = this.#apps.has(shared.otherwise) ? shared.otherwise : rows[0]?.[1]
    if (request.method === 'OPTIONS') {
      const name = this.#options.preflight(request.headers.origin)
      return name && this.#apps.has(name) ? name : otherwise
    }
    if (request.method !== 'POST') return otherwise
    // Nothing is to choose where one dialect has the path to itself: it refuses before it reads.
    if (rows.every(([, name]) => name === otherwise)) return otherwise
    const isOver = (kind: LimitKind) => this.#options.isOverLimit(kind, request)
    const maxBytes = isOver('request') || isOver(shared.limit) ? HASTY_BODY_BYTES : SMALL_BODY_BYTES
    // A body too large is refused before it comes, by whichever dialect.
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return otherwise
    const body = parsed(await readAhead(request, maxBytes))
    return rows.find(([key]) => Object.hasOwn(body, key))?.[1] ?? otherwise
  }
}

export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** Drops a byte order mark, with which some clients begin. */
const UTF8 = new TextDecoder()

function parsed(body: Buffer): object {
  // The answering dialect refuses a body that cannot be read, in its own words.
  const value = parseJson(UTF8.decode(body))
  return isJsonObject(value) ? value : {}
}
