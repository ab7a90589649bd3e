// Two nodes that are one chat: npx node examples/two-nodes/start.ts [port of the first] [port of the second]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const MAIN = join(import.meta.dirname, '../../server/src/main.js')
const [one = '8001', two = '8002'] = process.argv.slice(2)

// The same database and the same Redis make the two nodes one server.
const shared = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/parlance',
  REDIS_URL: 'redis://127.0.0.1:6379/0',
  ...process.env,
}

function startNode(name: string, port: string): ChildProcess {
  // Raw TCP is off, because both would want its one port.
  const env = { ...shared, PORT: port, ROOMS_TCP_PORT: '0' }
  const node = spawn(process.execPath, [MAIN, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [node.stdout, node.stderr]) {
    createInterface(stream).on('line', (line) => console.log(`${name} | ${line}`))
  }
  return node
}

const nodes = [startNode('one', one), startNode('two', two)]
let isStopping = false
const stop = () => {
  // A second signal would end a node that is still saying goodbye.
  if (!isStopping) for (const node of nodes) node.kill('SIGTERM')
  isStopping = true
}
process.on('SIGINT', stop).on('SIGTERM', stop)

// When one ends, for whatever reason, so does the other.
const ended = nodes.map((node) => once(node, 'exit'))
await Promise.race(ended)
stop()
const codes = (await Promise.all(ended)).map(([code]) => code)
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
