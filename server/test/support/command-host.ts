import { run } from '../../src/cli/cli.ts'
import './cheap-passwords.js'

// A process that carries out command lines, one after the other, and has loaded its modules once: see `startCommands`.

interface Asked {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

let output = { stdout: '', stderr: '' }

for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name]
  // Each command listens anew, and usually ends with its process.
  stream.setMaxListeners(0)
  stream._write = (piece, _encoding, onWritten) => {
    output[name] += piece
    onWritten()
  }
}

process.on('message', async ({ args, environment }: Asked) => {
  output = { stdout: '', stderr: '' }
  const code = await run(args, environment)
  process.send?.({ code, ...output })
})
