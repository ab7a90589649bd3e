// Preloaded into a server process. JavaScript, and after the cache is on: no type has to be stripped at each start.
import { enablePrivateCompileCache } from '../../src/lib/compile-cache.js'

enablePrivateCompileCache(process.env)
const [{ PASSWORD_COST }, { CHEAP }] = await Promise.all([
  import('../../src/lib/password.ts'),
  import('./passwords.ts'),
])
Object.assign(PASSWORD_COST, CHEAP)
