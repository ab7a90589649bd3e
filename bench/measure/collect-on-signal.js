// Loaded into the servers that run on Node, so that their memory can be measured without garbage. At the signal
// V8 collects as if memory were short.
process.on('SIGUSR2', () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }))
