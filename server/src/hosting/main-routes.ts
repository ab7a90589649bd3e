import { type DialectName, type MountedDialect, preflightOwner, sharedRoutes } from '../dialects/index.ts'
import {
  Dispatcher,
  HEALTH_PATHS,
  PathOwners,
  requestIdOf,
  SOCKET_IO_PATHS,
  type UpgradeHandler,
} from '../transport/index.ts'
import { WEB_PATHS } from '../web/index.ts'
import type { ListenersOptions } from './listeners-options.ts'

/** The dialect of each request and upgrade at the port that they share. */
interface MainRoutes {
  readonly dispatcher: Dispatcher<DialectName>
  upgradeFor(path: string): UpgradeHandler | undefined
}

/** Throws when two dialects claim the same path, the same bodies of a shared path, or the same preflights. */
export function mainRoutes(options: ListenersOptions): MainRoutes {
  const { config, dialects, metrics, limits, addressOf, log, playground } = options
  const shared = sharedRoutes()
  const owners = new PathOwners<MountedDialect>({
    owners: dialects,
    shared: new Map<string, readonly string[]>([
      ...[...HEALTH_PATHS, ...SOCKET_IO_PATHS, ...WEB_PATHS].map((path) => [path, []] as const),
      ...[...shared].map(
        ([path, { byKey, otherwise }]) => [path, [otherwise, ...byKey.map(([, name]) => name)]] as const,
      ),
    ]),
  })
  const dispatcher = new Dispatcher<DialectName>({
    owners,
    shared,
    preflight: preflightOwner(config.dialects, config),
    isOverLimit: (kind, request) => limits.check(kind, addressOf(request)) > 0,
    onRequest: (name) => metrics.countRequest(name),
    onError: (err, request) =>
      log.error({ err, requestId: requestIdOf(request) }, 'a request could not be dispatched'),
  })
  return {
    dispatcher,
    upgradeFor: (path) => owners.find(path)?.upgrade?.(path) ?? playground?.upgradeFor(path),
  }
}
