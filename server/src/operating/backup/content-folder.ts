import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectory, syncDirectory } from '../../lib/directory.ts'
import { newUuid } from '../../lib/ids.ts'
import { isDigest, Places } from '../endpoints.ts'
import { FILES } from './manifest.ts'
import { requireFile, requirePlainFolders } from './plain-file.ts'

interface FoundContent {
  readonly path: string
  readonly bytes: number
}

/** A folder of contents, as `FILES_DIR` names one: a server's, which may lead through links, or a back-up's. */
export class ContentFolder {
  readonly folder: string
  readonly #places: Places
  /** The back-up's own folder. */
  readonly #backUp: string | undefined

  private constructor(folder: string, backUp?: string) {
    this.folder = folder
    this.#places = new Places(folder)
    this.#backUp = backUp
  }

  static ofServer(folder: string): ContentFolder {
    return new ContentFolder(folder)
  }

  static ofBackUp(directory: string): ContentFolder {
    return new ContentFolder(join(directory, FILES.uploads), directory)
  }

  /** Undefined where it is not there, or `sha256` is no digest. Throws `CommandEnd` for a link in a back-up. */
  find(sha256: string): FoundContent | undefined {
    if (!isDigest(sha256)) return undefined
    const path = this.#places.content(sha256)
    const facts = this.#factsOf(path)
    return facts && { path: requireFile(path, facts), bytes: facts.size }
  }

  #factsOf(path: string): Stats | undefined {
    if (this.#backUp === undefined) return statSync(path, { throwIfNoEntry: false })
    this.#requirePlain(dirname(path))
    return lstatSync(path, { throwIfNoEntry: false })
  }

  /** A place where a content may be made: one that is left behind is removed by the server, or the next back-up. */
  newPlace(): string {
    const { making } = this.#places
    this.#requirePlain(making)
    makeDirectory(making)
    return join(making, newUuid())
  }

  /** Gives a content that was made its name. */
  async put(made: string, sha256: string): Promise<void> {
    const path = this.#places.content(sha256)
    const shelf = dirname(path)
    this.#requirePlain(shelf)
    makeDirectory(shelf)
    await rename(made, path)
    syncDirectory(shelf)
  }

  /** Removes what is half made, and all contents but these. */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    const { making, contents } = this.#places
    this.#requirePlain(making)
    await rm(making, { recursive: true, force: true })
    for (const shelf of namesIn(contents)) {
      this.#requirePlain(join(contents, shelf))
      for (const name of namesIn(join(contents, shelf)))
        if (!digests.has(name)) await rm(join(contents, shelf, name), { force: true })
    }
  }

  /** `path` is two folders below the back-up's `files`, or one. */
  #requirePlain(path: string): void {
    if (this.#backUp === undefined) return
    const names = path.slice(this.folder.length + 1).split('/')
    requirePlainFolders(this.#backUp, FILES.uploads, ...names)
  }
}

const namesIn = (folder: string): readonly string[] =>
  statSync(folder, { throwIfNoEntry: false }) ? readdirSync(folder) : []
