import type { ConversationId } from '../core/types.ts'
import type { StoredFile } from './store.ts'

/** A file from a row: the same whatever the engine. */
export type StoredFileRow = Omit<StoredFile, 'place'> & {
  readonly conversationId: ConversationId | null
  readonly seq: number | null
}

export const storedFileOf = ({ conversationId, seq, ...file }: StoredFileRow): StoredFile => ({
  ...file,
  place: conversationId === null || seq === null ? null : { conversationId, seq },
})
