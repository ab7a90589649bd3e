#!/usr/bin/env node
// JavaScript, so that the cache is on before the first type has to be stripped: 40 ms sooner at every start.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { run } = await import('./cli.ts')
process.exit(await run(process.argv.slice(2), process.env))
