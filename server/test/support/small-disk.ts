import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
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

/** Why a full disk cannot be tried here, as the `skip` of a test; false when it can. */
export function smallDisksAreMissing(): string | false {
  const trial = mountSmallDisk(64)
  if (trial === undefined)
    return 'a disk can be full only where a small one can be mounted (by root, on Linux)'
  unmountSmallDisk(trial)
  return false
}

/** Fills a disk to its last block. The file that does is returned: without it, the room is there again. */
export function fillDisk(directory: string): string {
  const filler = join(directory, 'filler')
  const { bavail, bsize } = statfsSync(directory)
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
  } catch (error) {
    // A server that writes meanwhile, such as its index, may have taken the last blocks.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
  return filler
}
