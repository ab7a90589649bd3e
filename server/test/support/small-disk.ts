import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own, as small as that. Undefined where none can be mounted. */
export function mountSmallDisk(kilobytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', directory], {
      stdio: 'ignore',
    })
    return directory
  } catch {
    rmSync(directory, { recursive: true })
    return undefined
  }
}

export function unmountSmallDisk(directory: string): void {
  execFileSync('umount', [directory])
  rmSync(directory, { recursive: true })
}

/** Whether a full disk can be tried here; says loudly when not. */
export function hasSmallDisks(): boolean {
  const trial = mountSmallDisk(64)
  if (trial === undefined) {
    console.error('NOT RUN: a full disk (mounting a small one takes root on Linux)')
    return false
  }
  unmountSmallDisk(trial)
  return true
}
