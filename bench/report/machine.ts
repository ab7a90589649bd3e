import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, release, totalmem, type } from 'node:os'
import { dirname, join } from 'node:path'
import { canPin } from '../measure/cores.ts'
import type { Limits, Machine } from '../measurement.ts'

export const describeMachine = (limits: Limits): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  // Not those that are left to this process, which is pinned.
  cores: cpus().length,
  memoryBytes: totalmem(),
  // Without what the builder of the kernel has called it.
  kernel: `${type()} ${release().replace(/-.*/, '')}`,
  node: process.version,
  isPinned: canPin,
  limits,
})

/** Names of packages that take part. Those that are not installed are left out. */
interface Software {
  readonly npm: readonly string[]
  readonly debian: readonly string[]
}

export function versionsOf({ npm, debian }: Software): Readonly<Record<string, string>> {
  const pairs = [...npm.map(npmVersion), ...debian.map(debianVersion)]
  return Object.fromEntries(pairs.filter((pair) => pair !== undefined))
}

type Version = readonly [name: string, version: string]

/** Commit of the measured code; 'unknown' outside a repository. Ends in '+' when files differ from it. */
export function commitOf(directory: string): string {
  const commit = outputOf('git', ['-C', directory, 'rev-parse', '--short', 'HEAD'])
  if (!commit) return 'unknown'
  const isChanged = outputOf('git', [
    '-C',
    directory,
    'status',
    '--porcelain',
    '--untracked-files=no',
    ':/server',
  ])
  return isChanged ? `${commit}+` : commit
}

/** A package need not export its package.json, so it is looked for above the package's entry. */
function npmVersion(name: string): Version | undefined {
  try {
    let directory = dirname(createRequire(import.meta.url).resolve(name))
    while (!directory.endsWith(name)) {
      if (directory === dirname(directory)) return undefined
      directory = dirname(directory)
    }
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      version: string
    }
    return [name, version]
  } catch {
    return undefined
  }
}

function debianVersion(name: string): Version | undefined {
  const [, version] = outputOf('dpkg-query', ['--show', name])?.split('\t') ?? []
  return version ? [name, version] : undefined
}

function outputOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
