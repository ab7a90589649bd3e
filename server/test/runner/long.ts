interface LongFiles {
  /** Completes "left to npm run test:all, because ". */
  readonly reason: string
  readonly isOf: (file: string) => boolean
}

/**
 * Files that `npm test` leaves to `npm run test:all`, so that it answers within minutes on two cores. Each takes long by what it
 * is about; their subjects have a file that is not left out, too.
 */
const LONG: readonly LongFiles[] = []

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
