import { close, fdatasync, open, write } from 'node:fs'
import { rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newUuid } from '../../lib/ids.ts'
import { type Finding, fault, ok, warning } from './finding.ts'

const MIB = 1024 ** 2
/** Below this part of a disk no file is taken from people: see docs/operating.md. */
const LEAST_FREE = 0.05
const FSYNCS = 20
/** Milliseconds of an fsync: each acknowledged message waits for one. */
const SLOW_FSYNC_MS = 20

/** A folder in which the server writes: whose it is, its disk's room and how long an fsync takes. */
export async function examineFolder(subject: string, directory: string): Promise<readonly Finding[]> {
  const facts = await stat(directory).catch(() => undefined)
  if (!facts?.isDirectory()) return [ok(subject, `${directory} is not there yet: the first start makes it.`)]
  return [
    rights(subject, directory, facts.mode),
    await room(subject, directory),
    await fsync(subject, directory),
  ]
}

function rights(subject: string, directory: string, mode: number): Finding {
  const others = mode & 0o077
  if (others === 0 || process.platform === 'win32')
    return ok(`${subject}, rights`, `Nobody but its owner reads ${directory}.`)
  return warning(
    `${subject}, rights`,
    `Other users of this machine may look into ${directory}.`,
    `It holds messages, password hashes and secrets: chmod 700 ${directory}`,
  )
}

async function room(subject: string, directory: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(directory)
  const free = bavail / blocks
  const found = `${Math.round((bavail * bsize) / MIB)} MiB are free on its disk, ${(free * 100).toFixed(0)} % of it.`
  return free >= LEAST_FREE
    ? ok(`${subject}, disk`, found)
    : warning(
        `${subject}, disk`,
        found,
        'Make room: below 5 % no files are taken, and a full disk takes no messages.',
      )
}

async function fsync(subject: string, directory: string): Promise<Finding> {
  const times = (await fsyncTimes(directory)).toSorted((one, other) => one - other)
  const [median = 0, longest = 0] = [times[times.length >> 1], times.at(-1)]
  const found = `An fsync takes ${median.toFixed(1)} ms there, the longest of ${FSYNCS} ${longest.toFixed(1)}.`
  return median < SLOW_FSYNC_MS
    ? ok(`${subject}, fsync`, found)
    : warning(
        `${subject}, fsync`,
        found,
        'Each message waits for one before it is acknowledged: use a faster disk, or one with a write cache that survives a power cut.',
      )
}

/** Milliseconds of each of some small writes and their fsync, in a file that is removed again. */
async function fsyncTimes(directory: string): Promise<readonly number[]> {
  const file = join(directory, `.doctor-${newUuid()}`)
  const descriptor = await promisify(open)(file, 'wx', 0o600)
  try {
    const times: number[] = []
    for (let n = 0; n < FSYNCS; n++) {
      const startedAt = performance.now()
      await promisify(write)(descriptor, Buffer.alloc(4096, n), 0, 4096, n * 4096)
      await promisify(fdatasync)(descriptor)
      times.push(performance.now() - startedAt)
    }
    return times
  } finally {
    await promisify(close)(descriptor)
    await rm(file, { force: true })
  }
}

/** Secrets that others can read are none. */
export async function examineSecrets(directory: string): Promise<readonly Finding[]> {
  const file = join(directory, 'secrets.json')
  const facts = await stat(file).catch(() => undefined)
  if (!facts) return []
  if (process.platform === 'win32' || (facts.mode & 0o077) === 0)
    return [ok('secrets', `Nobody but its owner reads ${file}.`)]
  return [
    fault(
      'secrets',
      `Other users of this machine may read ${file}.`,
      `Whoever has it is anybody: chmod 600 ${file}`,
    ),
  ]
}

/** Bytes of SQLite's log after which something holds it open. The server folds it at 32 MiB. */
const LONG_LOG = 256 * MIB

export async function examineLog(database: string): Promise<readonly Finding[]> {
  const facts = await stat(`${database}-wal`).catch(() => undefined)
  const size = facts?.size ?? 0
  const found = `The log beside the database has ${Math.round(size / MIB)} MiB.`
  return size < LONG_LOG
    ? [ok('log', found)]
    : [
        warning(
          'log',
          found,
          'A program reads from the database without an end, so that the log cannot be folded: end it. A back-up that runs is one.',
        ),
      ]
}
