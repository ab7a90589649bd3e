// The entry of the process that makes a back-up for a server. As in main.js: first the cache, then TypeScript.
import { enablePrivateCompileCache } from '../../lib/compile-cache.js'

enablePrivateCompileCache(process.env)
const { serveOrder } = await import('./child-work.ts')
await serveOrder(process.env)
