// The entry of the one thread that writes. As in main.js: first the cache, then TypeScript. A thread has its own.
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./writer.ts')
