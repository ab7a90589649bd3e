import type { AccountId, FileId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { FileContent, FileProgress, NewFile } from '../store.ts'
import { NOTHING, type Rows } from './row.ts'

export interface FileWrites {
  'files.begin'(file: NewFile): boolean
  'files.advance'(progress: FileProgress): boolean
  'files.complete'(content: FileContent): boolean
  'files.remove'(file: { fileId: FileId; accountId: AccountId; at: Micros }): boolean
  'files.removeIdle'(idle: { since: Micros; at: Micros; limit: number }): number
  'files.forget'(files: { fileIds: readonly FileId[] }): void
}

const nothing = () => NOTHING

export const FILE_WRITES: Rows<FileWrites> = {
  // The account must not change meanwhile: two files that begin at once, on two nodes, must not both be the last that fits.
  'files.begin': { checksFirst: true, touches: ({ accountId }) => ({ accountId }) },
  'files.advance': { checksFirst: true, touches: nothing },
  'files.complete': { checksFirst: true, touches: nothing },
  'files.remove': { checksFirst: true, touches: nothing },
  'files.removeIdle': { checksFirst: true, touches: nothing },
  'files.forget': { checksFirst: true, touches: nothing },
}
