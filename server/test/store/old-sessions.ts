import assert from 'node:assert/strict'
import { toAccountId } from '../../src/core/types.ts'
import { present, type World } from './world.ts'

/** Sessions from before they had ids. `no` as the engine has it. */
export const oldSessions = (no: string): string => `
  INSERT INTO accounts (id, uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at)
  VALUES (1, 'u', 'ann', 'Ann', ${no}, 1, 1, 1);
  INSERT INTO sessions (kind, digest, account_id, last_used_at, expires_at)
  VALUES ('rooms', 'one', 1, 5, 50), ('rooms', 'two', 1, 6, 60), ('groups', 'one', 1, 7, 70);`

export async function sessionsStay({ store }: World): Promise<void> {
  const ann = toAccountId(1)
  const found = present(await store.sessions.find('rooms', 'one'))
  const { sessionId } = found
  const times = { createdAt: 5, lastUsedAt: 5, expiresAt: 50 }
  assert.deepEqual(found, { sessionId, accountId: ann, device: null, address: null, ...times })
  assert.equal((await store.sessions.list(ann, 'rooms', 49)).length, 2)
  assert.equal(new Set(await store.sessions.idsOf(ann, 1)).size, 3)
  await store.sessions.end(ann, sessionId)
  assert.equal(await store.sessions.find('rooms', 'one'), undefined)
  assert.equal((await store.sessions.find('groups', 'one'))?.expiresAt, 70)
}
