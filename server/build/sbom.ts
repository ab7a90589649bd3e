import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProductionPackage, productionPackages } from './production.ts'

// The packages of others in the server's package, as a bill of materials (CycloneDX 1.6) and as a list of licences:
// `npm run sbom` prints the first, `npm run licences` the second. Both are in the package, too.

const ROOT = join(import.meta.dirname, '../..')

/** Packages that are built into the web client: the rest of what `web/package.json` names are tools. */
export const IN_WEB_CLIENT = [
  ...[
    '@preact/signals',
    '@tanstack/virtual-core',
    'emojibase-data',
    'engine.io-client',
    'preact',
    'pusher-js',
  ],
  'socket.io-client',
] as const

/** Licences that ask for no more than their text beside the code, as SPDX names them. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'Unlicense',
  ],
])

export const shippedPackages = (): readonly ProductionPackage[] =>
  productionPackages('server', ...IN_WEB_CLIENT.map((name) => `node_modules/${name}`))

/** Throws where a package has no licence, or one that nobody has allowed. */
export function requireAllowed(packages: readonly ProductionPackage[]): void {
  const others = packages.filter(({ license }) => !isAllowed(license ?? ''))
  if (others.length === 0) return
  const named = others.map(({ name, version, license }) => `${name} ${version} (${license ?? 'none'})`)
  throw new Error(`no licence that is allowed: ${named.join(', ')}; see server/build/sbom.ts`)
}

/** One is enough of `A OR B`, and both are needed of `A AND B`. */
const isAllowed = (license: string): boolean =>
  license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((part) => part.split(' AND ').every((name) => ALLOWED.has(name)))

/** A bill of materials in CycloneDX, the same for the same lock file. */
export function sbomOf(packages: readonly ProductionPackage[]): object {
  requireAllowed(packages)
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, 'server/package.json'), 'utf8'))
  const own = {
    type: 'application',
    'bom-ref': purlOf({ name, version }),
    name,
    version,
    purl: purlOf({ name, version }),
  }
  const distinct = new Map(packages.map((found) => [purlOf(found), found]))
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: { component: { ...own, licenses: [{ license: { id: license } }] } },
    components: [...distinct].map(([purl, found]) => componentOf(purl, found)),
  }
}

function componentOf(purl: string, { name, version, license = '', integrity }: ProductionPackage): object {
  const [, digest] = /^sha512-(.+)$/.exec(integrity ?? '') ?? []
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    licenses: [ALLOWED.has(license) ? { license: { id: license } } : { expression: license }],
    ...(digest !== undefined && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
  }
}

/** The package's address as a Package URL. */
export const purlOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

/** The packages with their licences, and the texts that these ask for. */
export function licencesOf(packages: readonly ProductionPackage[]): string {
  requireAllowed(packages)
  const chapters = packages.map(
    ({ name, version, license, path }) => `## ${name} ${version}\n\n${license}\n\n${textIn(path)}`,
  )
  return `# Licences of the packages inside\n\n${chapters.join('\n')}`
}

function textIn(path: string): string {
  const files = globSync('{LICEN[CS]E,licen[cs]e,COPYING,NOTICE}*', { cwd: join(ROOT, path) }).toSorted()
  return files.map((file) => `${readFileSync(join(ROOT, path, file), 'utf8').trim()}\n`).join('\n')
}

if (import.meta.main) {
  const shipped = shippedPackages()
  process.stdout.write(
    process.argv[2] === 'licences' ? licencesOf(shipped) : `${JSON.stringify(sbomOf(shipped), null, 2)}\n`,
  )
}
