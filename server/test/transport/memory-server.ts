import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startParlance } from '../support/server.ts'

// A server in a process of its own, which tells how many bytes its live objects take.

setFlagsFromString('--expose-gc')
const gc: () => void = runInNewContext('gc')

const server = await startParlance(JSON.parse(process.argv[2] ?? '{}'))
process.on('message', () => {
  for (let round = 0; round < 3; round++) gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ bytes: heapUsed + external })
})
process.on('disconnect', () => process.exit())
process.send?.({ url: server.url, tcpPort: server.tcpPort })
