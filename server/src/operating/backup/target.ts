import type { Secrets } from '../../secrets/index.ts'
import type { ContentFolder } from './content-folder.ts'
import type { Manifest } from './manifest.ts'

/** The folder that a back-up goes to. Until `conclude` it has none, or the earlier one. */
export interface Target {
  /** A new folder for the files of this back-up, in which nothing else is; removed with all that is left in it. */
  readonly work: string
  /** The name that the database's file has in `work`, and then in the back-up. */
  readonly nameOf: (ending: string) => string
  readonly contents: ContentFolder
  /** Whether contents that are there already were read through by an earlier back-up. */
  readonly hasEarlier: boolean
  /** Answers the path of their file. Throws `CommandEnd` where the folder has those of another server. */
  keepSecrets(secrets: Secrets): string
  /** Makes a whole back-up of it, or none. The digests are those of all contents that it has. */
  conclude(manifest: Manifest, digests: readonly string[]): Promise<void>
  /** Gives everything back, whatever became of it. */
  close(): Promise<void>
}

export const OWNER_ONLY = 0o600
