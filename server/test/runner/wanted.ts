import { globSync } from 'node:fs'
import { basename } from 'node:path'
import {
  caddyIsMissing,
  dockerIsMissing,
  enginesAreMissing,
  haproxyIsMissing,
  nginxIsMissing,
  pebbleIsMissing,
  pgbouncerIsMissing,
  promtoolIsMissing,
} from '../support/engines/index.ts'
import { postgresIsMissing } from '../support/postgres.ts'
import { leaveLong } from './long.ts'

/** Files whose name begins with it need it; elsewhere they are left out, which the last lines say aloud. */
const NEEDS = {
  postgres: postgresIsMissing,
  redis: enginesAreMissing,
  'engine-': enginesAreMissing,
  'pgbouncer-': pgbouncerIsMissing,
  'cluster-': enginesAreMissing,
  'haproxy-': haproxyIsMissing,
  'nginx-': nginxIsMissing,
  'caddy-': caddyIsMissing,
  'pebble-': pebbleIsMissing,
  'promtool-': promtoolIsMissing,
  'docker-': dockerIsMissing,
}

interface Asked {
  readonly words: readonly string[]
  readonly isWhole: boolean
}

interface Wanted {
  readonly files: readonly string[]
  /** Those that are left to the whole suite. */
  readonly long: readonly { readonly reason: string; readonly files: readonly string[] }[]
  readonly leftOut: readonly { readonly reason: string; readonly files: readonly string[] }[]
}

/** The test files below `root` whose path has one of the words, or all; apart, the long ones, and those that cannot run here. */
export async function findWanted(root: string, { words, isWhole }: Asked): Promise<Wanted> {
  const named = globSync(['{server,sdk,web,bench}/test/**/*.test.ts'], { cwd: root })
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort()
  const { files: all, left: long } =
    words.length > 0 || isWhole ? { files: named, left: [] } : leaveLong(named)
  const leftOut: { reason: string; files: string[] }[] = []
  for (const [prefix, isMissing] of Object.entries(NEEDS)) {
    const files = all.filter((file) => basename(file).startsWith(prefix))
    const reason = files.length > 0 ? await isMissing() : undefined
    if (reason !== undefined) leftOut.push({ reason, files })
  }
  const cannot = new Set(leftOut.flatMap(({ files }) => files))
  return { files: all.filter((file) => !cannot.has(file)), long, leftOut }
}
