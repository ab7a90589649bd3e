import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { wireTypes } from './wire-types.ts'

// Makes `sdk/dist`, the package as it is published: `npm pack ./sdk/dist`.

const SDK = join(import.meta.dirname, '..')
const DIST = join(SDK, 'dist')

/** By its name in `exports`, the file of each entry point. */
const ENTRIES = {
  ...{ '.': 'index', './browser': 'browser', './node': 'node' },
  ...{ './operations': 'rest/operations', './react': 'react', './testing': 'testing/index' },
  ...{ './thread': 'thread', './upload': 'upload/index' },
} as const

/** Options of the bundles: shared code is in chunks of its own, and nothing of another package is in them. */
const BUNDLE: BuildOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  external: ['react', 'node:*'],
}

/** Writes the package's code, its types and its manifest into that folder. */
export async function buildPackage(dist = DIST): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  const entryPoints = Object.values(ENTRIES).map((name) => join(SDK, 'src', `${name}.ts`))
  await build({ ...BUNDLE, entryPoints, outdir: dist, outbase: join(SDK, 'src') })
  writeTypes(join(dist, 'types'))
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  for (const file of ['README.md', '../LICENSE']) cpSync(join(SDK, file), join(dist, file.replace('../', '')))
}

/** The core as a page would load it: the entry point alone, minified. */
export async function minifiedCore(): Promise<Uint8Array> {
  const entryPoints = [join(SDK, 'src/index.ts')]
  const { outputFiles } = await build({
    ...BUNDLE,
    splitting: false,
    minify: true,
    entryPoints,
    write: false,
    outdir: DIST,
  })
  return outputFiles?.[0]?.contents ?? new Uint8Array()
}

function writeTypes(folder: string): void {
  const tsc = join(SDK, '../node_modules/.bin/tsc')
  execFileSync(tsc, ['-p', join(SDK, 'build'), '--outDir', folder], { stdio: 'inherit' })
  writeFileSync(join(folder, 'protocol.d.ts'), wireTypes())
  for (const file of globSync('**/*.d.ts', { cwd: folder })) {
    const path = join(folder, file)
    // The files that the names lead to are declarations here.
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"))
  }
}

function manifest(): object {
  const { name, version, description, license, type, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(SDK, 'package.json'), 'utf8'),
  )
  const exports = Object.entries(ENTRIES).map(([path, file]) => [
    path,
    { types: `./types/${file}.d.ts`, default: `./${file}.js` },
  ])
  return {
    ...{ name, version, description, license, type, engines: { node: '>=22' }, sideEffects: false },
    ...{ exports: Object.fromEntries(exports), peerDependencies, peerDependenciesMeta },
  }
}

if (import.meta.main) await buildPackage()
