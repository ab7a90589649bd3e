import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { newUuid } from '../../src/lib/ids.ts'
import { loadSecrets } from '../../src/secrets/index.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { series, World } from '../store/world.ts'
import type { Owner } from '../support/owner.ts'
import { tempDir } from '../support/temp-dir.ts'

const AWKWARD = [
  'Grüße 👋🏽',
  'tab\tand\nline\r\n',
  '"quoted" \\N \\\\',
  '\u2028\u0001\u007f',
  '',
  '[1,2]',
  '{"end":1}',
]

/** Something in every table and, but for what needs a later year, in every column. */
export async function fill(store: Store): Promise<void> {
  const world = new World(store)
  const [ann, bob, cy] = await world.accounts('Ann', 'bob', 'ﬁne-nämé')
  const dora = await world.account('dora', { email: 'Dora@example.org' })
  const guest = await world.guest('guest')
  await store.accounts.setProfile({ accountId: ann.accountId, bio: AWKWARD.join('|'), at: world.now() })
  await store.accounts.setSettings(ann.accountId, JSON.stringify({ awkward: AWKWARD }))
  // A bio that is set to nothing differs from one that was never set.
  await store.accounts.setProfile({
    ...{ accountId: bob.accountId, bio: '', displayName: 'Bob B.', at: world.now() },
  })
  await world.block(cy, ann)
  await store.contacts.add(ann.accountId, dora.accountId, world.now())
  const [privately, group] = [await world.private(ann, bob), await world.group(bob, ann, dora)]
  const open = await world.open(dora, 'Öffentlich')
  for (const account of [ann, guest, bob]) await world.join(open, account)
  await world.leave(open, bob)
  for (const body of AWKWARD) await world.send(privately, ann, body, { clientId: body })
  const first = await world.send(group, bob, 'first')
  const answer = await world.send(group, ann, 'answer', { replyTo: first.message.messageId })
  await world.edit(first.message, bob, 'first, edited')
  await world.delete(first.message.messageId, bob)
  const kept = await world.send(group, dora, 'kept')
  for (const text of AWKWARD) await world.edit(kept.message, dora, text)
  const thread = kept.message.seq
  await world.send(group, ann, '*in a thread*', {
    extras: {
      format: 'markdown',
      thread,
      replyToSeq: thread,
      mentions: [
        { account: dora.accountId, at: [0, 5] },
        { all: true, at: [6, 10] },
      ],
    },
  })
  const [shown, taken] = [await world.file(ann, { width: 3, height: 4 }), await world.file(ann)]
  const native = { format: 'plain', thread: null, replyToSeq: null, mentions: [] } as const
  await world.send(group, ann, '', { extras: { ...native, files: [shown] } })
  await world.file(bob, { name: AWKWARD.join('|') })
  await store.files.remove({ fileId: taken, accountId: ann.accountId, at: world.now() })
  await world.pin(kept.message, bob)
  await world.react(kept.message, [ann, '👍'], [bob, '👍'], [bob, 'ä'])
  await world.delete(answer.message.messageId, ann)
  await world.change(open, dora, { retentionDays: 30 })
  for (const clientId of AWKWARD) await world.send(open, dora, 'purged', { clientId: `${clientId}.` })
  const { conversationId: purgedId, lastSeq } = await world.conversation(open)
  const purge = { conversationId: purgedId, before: world.now(), limit: lastSeq, at: world.now() }
  await store.retention.purge(purge)
  await store.retention.wish({ conversationId: purgedId, before: 1 })
  await world.send(open, guest, 'from a guest')
  await world.change(open, dora, { topic: AWKWARD.join('|'), isListed: true, membersAdd: false })
  const invite = { conversationId: open.conversationId, byId: dora.accountId, maxUses: 3 }
  // More than a write is tried again for when its number is taken.
  for (const _ of series(4))
    await store.invites.create({
      ...invite,
      ...{ seen: { by: 'owner' }, digest: newUuid(), at: world.now(), expiresAt: world.now() + 1_000 },
      once: { key: newUuid(), operation: 'invite', digest: AWKWARD.join('|'), nonce: newUuid() },
    })
  await world.join(open, bob)
  await world.expel(open, bob, dora)
  await world.changeRole(open, ann, 'moderator', dora)
  const { conversationId } = group
  const mark = { conversationId, accountId: dora.accountId, at: world.now() }
  await store.members.markRead(mark)
  await store.memberships.markReadUpTo({ ...mark, seq: 1, isForced: true })
  await store.memberships.setPreferences({
    ...mark,
    isMuted: true,
    isPinned: true,
    isArchived: true,
    notify: 'mentions',
  })
  await store.members.setCurrent(guest.accountId, open.conversationId)
  for (const n of series(3))
    await world.session(bob, `${newUuid()}${n}`, {
      kind: n === 3 ? 'Messenger' : 'messenger',
      ...(n === 3 && { device: AWKWARD.join('|'), address: '2001:db8::1' }),
    })
  const gone = await world.account('gone')
  const bonds = await store.removals.bondsOf(gone.accountId)
  const removal = {
    ...bonds,
    accountId: gone.accountId,
    uuid: newUuid(),
    old: 'hash',
    removesMessages: true,
    leavesNotices: false,
  }
  await store.removals.remove({ ...removal, at: world.now() })
  await store.accounts.freeGuests(world.now())
  await world.disable(cy)
  await store.accounts.setAdmin(dora.accountId, true)
  const doomed = { conversationId: (await world.group(bob)).conversationId, at: world.now() }
  await store.conversationRemovals.wish(doomed)
  await store.conversationRemovals.begin(doomed)
  const at = world.now()
  const number = await store.audit.begin({ at, actor: 'root', origin: 'here', act: 'stats', subject: 'all' })
  await store.audit.end({ number, outcome: 'done', at })
}

/** A closed SQLite file with that in it, and its secrets beside it. */
export async function filledFile(owner: Owner): Promise<string> {
  const directory = await tempDir(owner)
  const file = join(directory, 'parlance.db')
  loadSecrets(directory)
  const store = await openSqliteStore({ file })
  await fill(store)
  await store.close()
  return file
}

/** One with a conversation of that many messages: enough to be in the middle of. */
export async function longFile(owner: Owner, messages: number): Promise<string> {
  const directory = await tempDir(owner)
  const file = join(directory, 'parlance.db')
  loadSecrets(directory)
  const { db, close } = openForWriting(file)
  talkLong(db, messages)
  close()
  return file
}

function talkLong(db: DatabaseSync, messages: number): void {
  db.exec(`
    BEGIN;
    INSERT INTO accounts (uuid, username, username_key, display_name, password_hash, is_guest, created_at, updated_at,
      last_seen_at)
    VALUES ('u', 'ann', 'ann', 'Ann', 'hash', 0, 1, 1, 1);
    INSERT INTO conversations (gid, kind, creator_id, created_at, updated_at, activity_at, last_seq, last_change)
    VALUES ('aBcDeFgH', 'group', 1, 1, 1, 1, ${messages}, ${messages + 1});
    INSERT INTO members (conversation_id, account_id, joined_at) VALUES (1, 1, 1);
    INSERT INTO changes (conversation_id, change, kind, account_id, last_seq, at) VALUES (1, 1, 'created', 1, 0, 1);
    INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, body, sent_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${messages})
    SELECT i, 1, i, i + 1, 1, 'client id ' || i, 'message ' || i, i FROM n;
    UPDATE conversations SET last_message_id = ${messages};
    COMMIT`)
}
