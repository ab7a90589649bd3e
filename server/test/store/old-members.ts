import assert from 'node:assert/strict'
import { toConversationId } from '../../src/core/types.ts'
import type { World } from './world.ts'

/** Conversations from before there were roles. `isGuest` as the engine has it. */
export const oldMembers = (no: string, yes: string): string => `
  INSERT INTO accounts (id, uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at)
  VALUES (1, 'u', 'ann', 'Ann', ${no}, 1, 1, 1), (2, 'v', 'nick', 'nick', ${yes}, 1, 1, 1),
    (3, 'w', 'cy', 'cy', ${no}, 1, 1, 1);
  INSERT INTO conversations (id, gid, kind, pair, creator_id, created_at, updated_at, activity_at, last_seq)
  VALUES (1, 'aaaaaaaa', 'group', NULL, 1, 1, 1, 1, 7), (2, 'bbbbbbbb', 'open', NULL, 2, 1, 1, 1, 0),
    (3, 'cccccccc', 'open', NULL, 1, 1, 1, 1, 0), (4, 'dddddddd', 'private', '1:3', 1, 1, 1, 1, 0);
  INSERT INTO members (conversation_id, account_id, joined_at)
  VALUES (1, 3, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 1, 1), (4, 3, 1);`

export async function creatorsAreOwners({ store }: World): Promise<void> {
  const roles = await Promise.all(
    [1, 2, 3, 4].map(async (id) =>
      (await store.members.list(toConversationId(id))).map(({ username, role }) => `${username}: ${role}`),
    ),
  )
  assert.deepEqual(roles, [
    ['cy: member', 'ann: owner'],
    ['nick: member'],
    ['cy: member'],
    ['ann: member', 'cy: member'],
  ])
}
