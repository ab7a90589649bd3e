import { join } from 'node:path'
import { BODY_BYTES } from '../load/body.ts'
import { openWs } from '../load/ws-client.ts'
import { collectGarbage, nodeCommand } from '../measure/node-command.ts'
import { freePort, startServer } from '../measure/process.ts'
import type { Target } from '../target.ts'

const SERVER = join(import.meta.dirname, '../peers/bare-ws-server.ts')

/** A broadcast over `ws` in ten lines, the floor that durable chat is compared with. */
export const bareWs: Target = {
  name: 'bare ws',
  durability: 'nothing stored',
  missing: () => undefined,
  start: async () => {
    const port = await freePort()
    const server = await startServer(nodeCommand(SERVER), { port, env: { PORT: String(port) } })
    return {
      pids: [server.pid],
      collectGarbage: () => collectGarbage(server.pid),
      connect: async ({ conversation }, ear) => {
        const welcomed = Promise.withResolvers<void>()
        const ws = await openWs({
          port,
          path: `/${conversation}`,
          onText: (bytes, start, end) => {
            if (end - start >= BODY_BYTES) ear.hear(bytes, start, end)
            else welcomed.resolve()
          },
        })
        await welcomed.promise
        const head = `{"type":"message","room_id":${conversation},"content":"`
        return { send: (body) => ws.send(`${head}${body}"}`), close: () => ws.close() }
      },
      countStored: async () => undefined,
      stop: () => server.stop(),
    }
  },
}
