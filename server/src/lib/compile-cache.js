// JavaScript: it is needed before the first type can be stripped.
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * Turns Node's compile cache on for this thread, if there is a directory for it that nobody else can write: cached code
 * is run without a look at the source. Node's own choice, a fixed name in the shared temporary directory, may be
 * another user's. Without such a directory there is no cache, and a start takes longer. Node itself reads
 * NODE_COMPILE_CACHE: it is the operator's choice.
 */
export function enablePrivateCompileCache(environment) {
  if (environment.NODE_COMPILE_CACHE) {
    enableCompileCache()
    return
  }
  for (const wanted of candidates(environment)) {
    const directory = privateDirectory(wanted)
    if (directory === undefined) continue
    enableCompileCache(directory)
    return
  }
}

/** Where systemd lets a service keep a cache (`CacheDirectory=`), then where the user does. */
function candidates({ CACHE_DIRECTORY = '', XDG_CACHE_HOME = '' }) {
  const [ofService = ''] = CACHE_DIRECTORY.split(':')
  const ofUser = [ofService, XDG_CACHE_HOME].filter(isAbsolute)
  const home = homeDirectory()
  if (home !== undefined) ofUser.push(join(home, '.cache'))
  return ofUser.map((directory) => join(directory, 'parlance', 'compile-cache'))
}

function homeDirectory() {
  try {
    return homedir()
  } catch {
    // A container may run as a user that no file knows.
    return undefined
  }
}

/** Its real path, made if need be; undefined where it cannot be had, or is not this user's alone. */
function privateDirectory(wanted) {
  try {
    // First, so that nothing is left where it is not used.
    if (!isGuarded(realpathSync(nearestExisting(wanted)))) return undefined
    make(wanted)
    const directory = realpathSync(wanted)
    return isOurs(lstatSync(directory)) && isGuarded(directory) ? directory : undefined
  } catch {
    // Read-only, full, or something else of that name: a cache is not worth a word.
    return undefined
  }
}

const nearestExisting = (path) => (existsSync(path) ? path : nearestExisting(dirname(path)))

// Step by step: told to make them all at once, Node tries for ever where the kernel says ENOENT, as it does in /proc.
function make(path) {
  if (existsSync(path)) return
  make(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another server starts at the same time.
    if (error.code !== 'EEXIST') throw error
  }
}

/** Nobody else can put another in its place or, unless it is sticky itself, anything into it. A real path. */
function isGuarded(path) {
  const stats = lstatSync(path)
  const isOfTrusted = process.geteuid === undefined || stats.uid === 0 || stats.uid === process.geteuid()
  const isOpen = (stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0
  if (!stats.isDirectory() || !isOfTrusted || (isOpen && process.geteuid !== undefined)) return false
  return dirname(path) === path || isGuarded(dirname(path))
}

const WRITABLE_BY_OTHERS = 0o022
const STICKY = 0o1000

/** Windows has no modes: its home directories are their users' alone. */
const isOurs = ({ uid, mode }) =>
  process.geteuid === undefined || (uid === process.geteuid() && (mode & WRITABLE_BY_OTHERS) === 0)
