import { after } from 'node:test'
import { interopMatrix } from '../interop/matrix.ts'
import { World } from '../interop/world.ts'
import { freePort } from '../support/free-port.ts'
import { startNginx } from './nginx.ts'

// The interop matrix with every client behind nginx, except those of raw TCP.

const opened = new AsyncDisposableStack()
interopMatrix(async () => {
  const [port, tcpPort] = [await freePort(), await freePort()]
  const owner = { after: (close: () => void | Promise<void>) => opened.defer(close) }
  const url = await startNginx(owner, port)
  const settings = { PORT: String(port), ROOMS_TCP_PORT: String(tcpPort), TRUSTED_PROXIES: 'loopback' }
  return World.start(settings, [{ url, tcpPort }])
})
after(() => opened.disposeAsync())
