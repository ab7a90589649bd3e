import { after } from 'node:test'

// Preloaded into each test file: the runner waits for ever for one that is through and does not end, as after a
// failure whose test had not yet closed its sockets.

const GRACE_MS = 60_000

after(() => {
  const end = setTimeout(() => {
    process.stderr.write(`does not end, because of: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, GRACE_MS)
  end.unref()
})
