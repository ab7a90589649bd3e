import type { Files } from '../files/files.ts'
import type { Clock } from '../lib/clock.ts'
import type { FileStore, StoredFile } from '../store/store.ts'
import { toFileId } from './types.ts'
import { IDLE_MICROS } from './uploads.ts'

/** Files of one step. */
const STEP = 100

interface FileRemovalsParts {
  readonly store: FileStore
  readonly files: Files | undefined
  readonly clock: Clock
}

/**
 * Removes files that hang on no message for a day, and the bytes of all that are removed. Each step may be the last:
 * the next run goes on from what is stored. Several nodes may run at once.
 */
export class FileRemovals {
  readonly #parts: FileRemovalsParts
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(parts: FileRemovalsParts) {
    this.#parts = parts
  }

  /** Resolves when nothing is left to remove. One run at a time. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Waits for the step under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running?.catch(() => {
      // The caller of `run` has it.
    })
  }

  async #run(): Promise<void> {
    const { store, files, clock } = this.#parts
    if (!files) return
    const at = clock.nowMicros()
    const since = at - IDLE_MICROS
    while (!this.#isClosed && (await store.removeIdle({ since, at, limit: STEP })) === STEP);
    while (!this.#isClosed) {
      const removed = await store.listRemoved(STEP)
      for (const file of removed) await this.#removeBytes(files, file)
      if (removed.length > 0) await store.forget({ fileIds: removed.map(({ fileId }) => fileId) })
      if (removed.length < STEP) break
    }
    const isUsed = (sha256: string) => store.isUsed(sha256)
    const isAwaited = async (fileId: string) => (await store.find(toFileId(fileId)))?.sha256 === null
    if (!this.#isClosed) await files.settle({ isUsed, isAwaited })
  }

  async #removeBytes(files: Files, { fileId, sha256 }: Pick<StoredFile, 'fileId' | 'sha256'>): Promise<void> {
    const { store } = this.#parts
    await files.drop(fileId)
    if (sha256 !== null && !(await store.isUsed(sha256)))
      await files.remove(sha256, (digest) => store.isUsed(digest))
  }
}
