interface LongFiles {
  /** Completes "left to npm run test:all, because ". */
  readonly reason: string
  readonly isOf: (file: string) => boolean
}

const fits = (pattern: RegExp) => (file: string) => pattern.test(file)

/**
 * Files that `npm test` leaves to `npm run test:all`, so that it answers within minutes on two cores. Each takes long by what it
 * is about; their subjects have a file that is not left out, too.
 */
const LONG: readonly LongFiles[] = [
  { reason: 'they run the whole bench, if small', isOf: fits(/^bench\/test\/short/) },
  {
    reason: 'they kill, cut off and stop nodes under load',
    isOf: fits(/\/cluster-(?!chat|disabled)/),
  },
  {
    reason: 'they take a server to its limits, or fill its disk',
    isOf: fits(
      /\/hostile\/server\/(crowd|engine-postgres-disk-full|flood|leaks|limits-rates|pollers|slow-readers|stop|unfinished)/,
    ),
  },
  {
    reason: 'they move and copy whole databases, and kill who does',
    isOf: fits(
      /\/(moving\/(interrupted|postgres\.)|operating\/(engine-point-in-time|postgres-back-up|second-back-up)|store\/(engine-postgres-readonly|postgres-stall)|dialects\/native-search-kill)/,
    ),
  },
  {
    reason: 'each pair of dialects talks once more behind a proxy',
    isOf: fits(/\/compose\/(haproxy-(matrix|nodes)|nginx-matrix)/),
  },
  {
    reason: 'they wait out outages and slow peers',
    isOf: fits(
      /\/(bus\/redis-(cluster|failover|ghosts|presence)|dialects\/native-socket-(outage|store-failure)|hostile\/server\/(http|lost-directory)|pusher\/users)\./,
    ),
  },
  { reason: 'they install packages', isOf: fits(/\/package\/installed|^sdk\/test\/package/) },
  { reason: 'a browser is in all six dialects', isOf: fits(/\/browser\/playground/) },
]

interface Sorted {
  readonly files: readonly string[]
  readonly left: readonly { readonly reason: string; readonly files: readonly string[] }[]
}

/** Those that run now, and those that are left, each once. */
export function leaveLong(all: readonly string[], kinds: readonly LongFiles[] = LONG): Sorted {
  const kindOf = (file: string) => kinds.find(({ isOf }) => isOf(file))
  const left = kinds.flatMap((kind) => {
    const files = all.filter((file) => kindOf(file) === kind)
    return files.length === 0 ? [] : [{ reason: kind.reason, files }]
  })
  return { files: all.filter((file) => kindOf(file) === undefined), left }
}
