import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

interface Locked {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** A package of others that is there when a server runs, as the lock file has it. */
export interface ProductionPackage {
  /** Its folder, from the repository's. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** As SPDX writes it; undefined where the package does not say. */
  readonly license: string | undefined
  readonly integrity: string | undefined
  readonly dependencies: Readonly<Record<string, string>>
}

/** All packages that these folders of ours need at run time, and what those need, by their paths. */
export function productionPackages(...folders: readonly string[]): readonly ProductionPackage[] {
  const { packages }: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
  )
  const found = new Set(folders)
  for (const path of found)
    for (const name of Object.keys(neededBy(packages[path]))) {
      const place = placeOf(name, path, packages)
      if (place !== undefined) found.add(place)
      else if (!(name in (packages[path]?.optionalDependencies ?? {})))
        throw new Error(`the lock file has no ${name} for ${path}: run npm install`)
    }
  return [...found]
    .filter((path) => path.includes('node_modules/'))
    .toSorted()
    .map((path) => describedAs(path, packages[path]))
}

const neededBy = (locked: Locked | undefined): Readonly<Record<string, string>> => ({
  ...locked?.dependencies,
  ...locked?.optionalDependencies,
})

/** As Node resolves it: in the folder itself, or in the nearest above. A link leads to a folder of ours. */
function placeOf(name: string, from: string, packages: Readonly<Record<string, Locked>>): string | undefined {
  for (let folder = from; ; folder = above(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const locked = packages[path]
    if (locked) return locked.link ? locked.resolved : path
    if (folder === '') return undefined
  }
}

const above = (folder: string): string => folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))

/** Some packages still have the list that npm had before `license`. */
function olderLicenseOf(path: string): string | undefined {
  const { licenses }: { licenses?: readonly { readonly type: string }[] } = JSON.parse(
    readFileSync(join(ROOT, path, 'package.json'), 'utf8'),
  )
  return licenses && licenses.length > 0 ? licenses.map(({ type }) => type).join(' OR ') : undefined
}

const describedAs = (path: string, locked: Locked | undefined): ProductionPackage => ({
  path,
  name: locked?.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  version: locked?.version ?? '',
  license: locked?.license ?? olderLicenseOf(path),
  integrity: locked?.integrity,
  dependencies: neededBy(locked),
})
