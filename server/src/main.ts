#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

enableCompileCache()
// Imported after the cache is on, so that it serves all the rest.
const { run } = await import('./cli.ts')
process.exit(await run(process.argv.slice(2), process.env))
