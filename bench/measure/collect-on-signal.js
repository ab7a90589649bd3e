// Loaded into the servers that run on Node, so that their memory can be measured without its garbage: once the
// signal comes, V8 frees what it would free were memory short.
process.on('SIGUSR2', () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }))
