// Runs after `npm ci`. An installation without development dependencies has nothing to build with: it serves no web client.
try {
  import.meta.resolve('vite')
  await import('./index.ts')
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stdout.write('web: not built, since the development dependencies are left out\n')
}
