import type { SharedRoute } from '../transport/index.ts'
import { DIALECT_NAMES, type DialectName } from './names.ts'
import { SHARED_PATHS, type Share, type SharedPath } from './shared-paths.ts'
import { DIALECTS, type DialectSettings } from './table.ts'

/** Throws when the rows do not fit together: two dialects get the same bodies, or nobody gets those without a key. */
export const sharedRoutes = (): ReadonlyMap<string, SharedRoute<DialectName>> =>
  new Map(
    Object.entries(SHARED_PATHS).map(([path, limit]) => {
      const shares = DIALECT_NAMES.map(
        (name) => [name, DIALECTS[name].sharedPaths[path as SharedPath]] as const,
      )
      return [path, { ...routeOf(path, shares), limit }]
    }),
  )

export function routeOf(
  path: string,
  shares: readonly (readonly [DialectName, Share])[],
): Pick<SharedRoute<DialectName>, 'byKey' | 'otherwise'> {
  const byKey = shares.flatMap(([name, share]) =>
    typeof share === 'object' ? [[share.key, name] as const] : [],
  )
  const [otherwise, ...more] = shares.flatMap(([name, share]) => (share === 'otherwise' ? [name] : []))
  const twice = byKey.find(([key], n) => byKey.slice(0, n).some(([other]) => other === key))
  if (twice) throw new Error(`two dialects take the bodies of ${path} that have the key ${twice[0]}`)
  if (otherwise === undefined || more.length > 0)
    throw new Error(`exactly one dialect must take the bodies of ${path} that have nobody's key`)
  return { byKey, otherwise }
}

/** Chooses, by its origin, the dialect that answers a CORS preflight of a shared path. */
export const preflightOwner = (names: readonly DialectName[], settings: DialectSettings) =>
  chooserOf(names.map((name) => [name, claimOf(name, settings)]))

const claimOf = <Name extends DialectName>(name: Name, settings: Pick<DialectSettings, Name>) =>
  DIALECTS[name].preflights(settings[name])

export function chooserOf(
  claims: readonly (readonly [DialectName, readonly string[] | 'others'])[],
): (origin: string | undefined) => DialectName | undefined {
  const [others, ...more] = claims.flatMap(([name, claim]) => (claim === 'others' ? [name] : []))
  if (more.length > 0) throw new Error(`${others} and ${more[0]} both answer the preflights of other origins`)
  const listed = new Map<string, DialectName>()
  for (const [name, claim] of claims) {
    for (const origin of claim === 'others' ? [] : claim) {
      const other = listed.get(origin) ?? name
      if (other !== name) throw new Error(`${other} and ${name} both answer the preflights of ${origin}`)
      listed.set(origin, name)
    }
  }
  return (origin = '') => listed.get(origin) ?? others
}
