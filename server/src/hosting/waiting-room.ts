import type { Config } from '../config/index.ts'
import {
  createListener,
  type Health,
  plain,
  STRANGERS,
  Strangers,
  stop,
  type TlsGate,
} from '../transport/index.ts'
import { listenOrRefuse } from './port-refusals.ts'

/** Answers on the main port while the server cannot start yet: who watches over it learns why. */
export async function openWaitingRoom(
  config: Config,
  health: Health,
  gate: TlsGate | undefined,
): Promise<{ close(): Promise<void> }> {
  const strangers = new Strangers(STRANGERS)
  const http = createListener({
    handle: (request, response) => {
      if (!health.handle(request, response)) plain(response, 503, 'The server is starting')
    },
    upgradeFor: () => undefined,
    strangers,
  })
  gate?.protect(http, strangers)
  const { host, port } = config
  await listenOrRefuse(http, { host, port, settings: { port: 'PORT', host: 'HOST' } })
  return { close: async () => (await stop(http)).drain(0) }
}
