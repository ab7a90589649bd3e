import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { productionPackages } from './production.ts'
import { licencesOf, sbomOf, shippedPackages } from './sbom.ts'

// Makes `server/dist`, the package of the server as it is published: `npm pack ./server/dist`. It has the folders of the
// repository, JavaScript instead of TypeScript, and the packages of others that were tested with it.

const ROOT = join(import.meta.dirname, '../..')
const DIST = join(ROOT, 'server/dist')
const SOURCES = ['server/src', 'protocol/src'] as const
/** Where the name of the protocol's package leads to. */
const PROTOCOL = 'protocol/src/index.js'
const WEB = 'web/dist'
const MAIN = 'server/src/main.js'

/** Types and maps: two fifths of all files, and no program reads them. */
const FOR_COMPILERS = /\.(?:[cm]?ts|map)$/

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly devEngines: { readonly runtime: { readonly version: string } }
  readonly dependencies: Readonly<Record<string, string>>
}

/** Writes the package into that folder, which is emptied first. */
export function buildPackage(dist = DIST): void {
  if (!existsSync(join(ROOT, WEB, 'index.html')))
    throw new Error('the web client is not built: node web/build/index.ts')
  rmSync(dist, { recursive: true, force: true })
  for (const folder of SOURCES)
    for (const file of globSync('**/*', { cwd: join(ROOT, folder) })) writeSource(join(folder, file), dist)
  cpSync(join(ROOT, WEB), join(dist, WEB), { recursive: true })
  copyPackages(dist)
  writeManifests(dist)
  write(join(dist, 'sbom.cdx.json'), sbomOf(shippedPackages()))
  writeFileSync(join(dist, 'licences.md'), licencesOf(shippedPackages()))
  cpSync(join(ROOT, 'LICENSE'), join(dist, 'LICENSE'))
  cpSync(join(ROOT, 'server/README.md'), join(dist, 'README.md'))
}

/** Types leave blanks behind: lines and columns stay what they are in the source. */
function writeSource(file: string, dist: string): void {
  const source = join(ROOT, file)
  if (statSync(source).isDirectory()) return
  const target = join(dist, file.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  if (!/\.[jt]s$/.test(file)) {
    cpSync(source, target)
    return
  }
  const text = readFileSync(source, 'utf8')
  const code = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  writeFileSync(target, ledTo(code, relative(dirname(target), join(dist, PROTOCOL))))
}

const ledTo = (code: string, protocol: string): string =>
  code
    .replaceAll(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.js$1')
    .replaceAll(/(['"])@parlance\/protocol\1/g, `'${protocol}'`)

function copyPackages(dist: string): void {
  for (const { path } of productionPackages('server')) {
    if (!path.startsWith('node_modules/')) throw new Error(`${path} has no place in the package`)
    // A needed package that lies in another's folder has a path of its own.
    const filter = (file: string) =>
      !relative(join(ROOT, path), file).startsWith('node_modules') && !FOR_COMPILERS.test(file)
    cpSync(join(ROOT, path), join(dist, path), { recursive: true, filter })
  }
}

function writeManifests(dist: string): void {
  const { name, version, description, license, devEngines } = manifestOf('server')
  const wanted = { ...manifestOf('server').dependencies, ...manifestOf('protocol').dependencies }
  // Those that are inside, exactly.
  const dependencies = Object.fromEntries(
    productionPackages('server')
      .filter(({ path }) => path.lastIndexOf('node_modules/') === 0)
      .flatMap((found) => (found.name in wanted ? [[found.name, found.version]] : [])),
  )
  write(join(dist, 'package.json'), {
    ...{ name, version, description, license, type: 'module' },
    ...{ engines: { node: devEngines.runtime.version }, bin: { parlance: MAIN } },
    exports: { '.': './server/src/server.js' },
    ...{ dependencies, bundleDependencies: Object.keys(dependencies) },
  })
  // From here the server reads its version.
  write(join(dist, 'server/package.json'), { name, version, private: true, type: 'module' })
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))

const write = (file: string, content: object): void =>
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)

if (import.meta.main) buildPackage()
