#!/usr/bin/env node
// JavaScript, so that an older Node can say what it lacks, and the cache is on before the first type has to be
// stripped: 40 ms sooner at every start.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 7)) {
  process.stderr.write(
    `Parlance needs Node 24.7 or newer, and this is ${process.versions.node}. In a checkout \`npm ci\` brings one: npm start, or npx node ${process.argv[1]} start.\n`,
  )
  process.exit(1)
}
// The kernel withholds a signal that is not listened for from a container's first process, which could not be stopped while
// it loads. Commands with an end of their own listen too.
if (process.pid === 1) {
  for (const [signal, exitCode] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(exitCode))
}
const { enablePrivateCompileCache } = await import('./lib/compile-cache.js')
enablePrivateCompileCache(process.env)
const { run } = await import('./cli/cli.ts')
process.exit(await run(process.argv.slice(2), process.env))
