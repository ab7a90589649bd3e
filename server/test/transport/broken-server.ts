import { expectFailures, fail } from '../support/failures.ts'
import { startParlance } from '../support/server.ts'

// A server in a process of its own, whose log a test reads. When it is told so, whatever is asked of its core fails by a bug.

expectFailures()
const server = await startParlance(JSON.parse(process.argv[2] ?? '{}'))
process.on('message', () => {
  for (const noun of Object.values(server.chat)) {
    if (typeof noun !== 'object' || noun === null) continue
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(noun)))
      if (
        name !== 'constructor' &&
        typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf(noun), name)?.value === 'function'
      )
        Object.assign(noun, { [name]: fail })
  }
  process.send?.('broken')
})
process.on('disconnect', () => process.exit())
process.send?.({ url: server.url, tcpPort: server.tcpPort })
