// The entry of the thread for long reads; as that of the writer's, see writer-thread.js.
import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache !== undefined) enableCompileCache(workerData.compileCache)
await import('./reader.ts')
