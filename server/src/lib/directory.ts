import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory, and those above it, for this user alone and so that they outlive a crash.
 * Throws the system's error where that cannot be. (Node's own `recursive` never returns under /proc.)
 */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  const parent = dirname(directory)
  makeDirectory(parent)
  mkdirSync(directory, { mode: 0o700 })
  // SQLite syncs the directory of its files, but not the entry of one that we just made.
  syncDirectory(parent)
}

/** Makes entries made, renamed or removed in it outlive a crash. Windows has no such call, and does so by itself. */
export function syncDirectory(directory: string): void {
  if (process.platform !== 'win32') syncFile(directory)
}

/** Makes the file's content outlive a crash. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
