// The entry of the one thread that writes. As in main.js: first the cache, then TypeScript. A thread has its own, in the
// directory that the main thread has found to be safe.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache !== undefined) enableCompileCache(workerData.compileCache)
await import('./writer.ts')
// As in cli/start.ts: the thread may be killed with its process.
flushCompileCache()
