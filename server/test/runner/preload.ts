import { after } from 'node:test'
import { noteCost, readProcessorMs } from './costs.ts'
import { GRACE_MS } from './grace.ts'

// Preloaded into the process of each test file; those that files share end each of them by themselves.

const file = process.argv[1]

// A process that a test forks inherits this preload, and is a part of the file's cost.
if (file?.endsWith('.test.ts')) {
  process.on('exit', () => noteCost(file, readProcessorMs()))
  // The runner waits for ever for a file that has run all tests and does not end, as when a failed test left sockets
  // open.
  after(() => {
    const end = setTimeout(() => {
      process.stderr.write(`does not end, because of: ${process.getActiveResourcesInfo().join(', ')}\n`)
      process.exit(1)
    }, GRACE_MS)
    end.unref()
  })
}
