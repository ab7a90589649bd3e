import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { subscribe } from '../load/mqtt-client.ts'
import { findProgram, getProgram } from '../measure/installed.ts'
import { freePort, startServer } from '../measure/process.ts'
import { familyOf } from '../measure/usage.ts'
import type { Running, Target } from '../target.ts'

/** A conversation is a topic. Nothing reaches a disk. */
export const mosquitto = (): Target => ({
  name: 'mosquitto, QoS 1',
  durability: 'nothing stored',
  missing: () => (findProgram('mosquitto') ? undefined : 'mosquitto is not installed'),
  start,
})

async function start(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-mosquitto-'))
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  await writeFile(config, configuration(port))
  const server = await startServer([getProgram('mosquitto'), '-c', config], { port })
  return {
    pids: familyOf(server.pid),
    connect: ({ conversation, member }, ear) =>
      subscribe({ port, clientId: `c${conversation}m${member}`, topic: `c${conversation}`, ear }),
    countStored: async () => undefined,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** No limit drops or delays a message. */
const configuration = (port: number): string => `
listener ${port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_inflight_messages 0
max_queued_messages 0
max_queued_bytes 0
sys_interval 0
log_type error
${process.getuid?.() === 0 ? 'user root' : ''}
`
