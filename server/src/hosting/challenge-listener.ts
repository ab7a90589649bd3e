import type { IncomingMessage, ServerResponse } from 'node:http'
import { createListener, type Limits, pathOf, plain, Strangers, stop } from '../transport/index.ts'
import { listenOrRefuse, type Place } from './port-refusals.ts'

interface ChallengeOptions {
  readonly place: Place
  readonly limits: Pick<Limits, 'strangers'>
  /** The text that proves a name, by the last part of the address at which the authority asks for it. */
  readonly proofs: ReadonlyMap<string, string>
  readonly hasCertificate: () => boolean
  /** The https address of what a browser has asked for here, by the host that it names. */
  readonly secureAddressOf: (host: string | undefined, path: string) => string
}

/** Where the authority asks: RFC 8555, 8.3. */
const CHALLENGES = '/.well-known/acme-challenge/'
/** Milliseconds for a whole request. */
const REQUEST_MS = 5_000

/**
 * The port of plain http at which an authority looks for proofs. All others who come are sent on to https. Each
 * connection has one answer: nobody stays.
 */
export async function openChallengeListener(options: ChallengeOptions): Promise<{ close(): Promise<void> }> {
  const { place, limits } = options
  const strangers = new Strangers(limits.strangers)
  const http = createListener({
    handle: (request, response) => answer(request, response, options),
    upgradeFor: () => undefined,
    strangers,
    requestMs: REQUEST_MS,
  })
  await listenOrRefuse(http, place)
  return { close: async () => (await stop(http)).drain(0) }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { proofs, hasCertificate, secureAddressOf }: ChallengeOptions,
): void {
  response.setHeader('connection', 'close')
  const path = pathOf(request)
  if (path.startsWith(CHALLENGES)) {
    const proof = proofs.get(path.slice(CHALLENGES.length))
    if (proof === undefined) plain(response, 404, 'This server has no proof of that name.\n')
    else plain(response, 200, proof)
  } else if (!hasCertificate())
    plain(response, 503, 'This server has no certificate yet, and asks for one: its log tells more.\n')
  else if (request.method === 'GET' || request.method === 'HEAD') {
    response.setHeader('location', secureAddressOf(request.headers.host, request.url ?? '/'))
    plain(response, 308, 'This server speaks https.\n')
  } else plain(response, 400, 'This server speaks https: ask for https://, not http://.\n')
}
