import assert from 'node:assert/strict'
import { toAccountId, toConversationId } from '../../src/core/types.ts'
import { present, type World } from './world.ts'

/** An account and an open conversation from before there were administrators. `no` and `yes` as the engine has them. */
export const oldConversations = (no: string, yes: string): string => `
  INSERT INTO accounts (id, uuid, username, username_key, display_name, password_hash, is_guest, created_at, updated_at, last_seen_at)
  VALUES (1, 'u', 'ann', 'ann', 'Ann', 'hash', ${no}, 1, 1, 1);
  INSERT INTO conversations (id, gid, kind, name, name_key, creator_id, created_at, updated_at, activity_at, last_change,
    is_listed, member_count)
  VALUES (1, 'aBcDeFgH', 'open', 'Room', 'room', 1, 1, 1, 1, 1, ${yes}, 1);
  INSERT INTO members (conversation_id, account_id, role, joined_at) VALUES (1, 1, 'owner', 1);
  INSERT INTO changes (conversation_id, change, kind, account_id, last_seq, at) VALUES (1, 1, 'created', 1, 0, 1);`

/** Nobody is an administrator, and nothing is deleted, until somebody does it. */
export async function nobodyIsAdmin({ store }: World): Promise<void> {
  const ann = present(await store.accounts.find(toAccountId(1)))
  assert.equal(ann.isAdmin, false)
  assert.equal((await store.conversations.findByGid('aBcDeFgH'))?.name, 'Room')
  assert.equal((await store.overview.conversations({ after: 0, limit: 9 })).length, 1)
  assert.deepEqual(await store.conversationRemovals.pending(), [])
  await store.accounts.setAdmin(ann.accountId, true)
  assert.equal((await store.accounts.find(ann.accountId))?.isAdmin, true)
  const step = { conversationId: toConversationId(1), at: 2 }
  await store.conversationRemovals.wish(step)
  await store.conversationRemovals.begin(step)
  assert.equal(await store.conversations.findByGid('aBcDeFgH'), undefined)
}
