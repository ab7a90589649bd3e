import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSocketIo } from '../load/socket-io-client.ts'
import { collectGarbage, nodeCommand } from '../measure/node-command.ts'
import { freePort, startServer } from '../measure/process.ts'
import type { Target } from '../target.ts'

const SERVER = join(import.meta.dirname, '../peers/socket-io-sqlite-server.ts')

/** Socket.IO rooms with a table of messages beside them, as people write it. */
export const socketIoSqlite: Target = {
  name: 'Socket.IO + SQLite',
  durability: 'synced',
  missing: () => undefined,
  start: async () => {
    const port = await freePort()
    const directory = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
    const file = join(directory, 'chat.db')
    const server = await startServer(nodeCommand(SERVER), {
      port,
      env: { PORT: String(port), DATABASE: file },
    })
    const stored = new DatabaseSync(file, { readOnly: true })
    const count = stored.prepare('SELECT count(*) AS messages FROM messages')
    return {
      pids: [server.pid],
      collectGarbage: () => collectGarbage(server.pid),
      connect: async ({ conversation }, ear) => {
        const client = await openSocketIo(port)
        client.emit('join', `room${conversation}`)
        await client.next('joined')
        client.listen(ear)
        const head = `42["send",{"room":"room${conversation}","body":"`
        return { send: (body) => client.sendPacket(`${head}${body}"}]`), close: () => client.close() }
      },
      countStored: async () => Number(count.get()?.messages),
      stop: async () => {
        stored.close()
        await server.stop()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  },
}
