import assert from 'node:assert/strict'
import { ChatError, type ChatErrorCode, type ChatErrorDetails } from '../../src/core/errors.ts'
import {
  type Account,
  type AccountId,
  type Conversation,
  type ConversationId,
  type ConversationKind,
  type FileId,
  type Mention,
  type Message,
  type MessageDetails,
  type MessageId,
  type MessagePlace,
  type Role,
  toFileId,
  toGid,
  toSessionId,
} from '../../src/core/types.ts'
import type { Micros } from '../../src/lib/clock.ts'
import { newGid, newUuid } from '../../src/lib/ids.ts'
import type {
  Added,
  Appended,
  ChangedConversation,
  ChangedRoles,
  ConversationChange,
  CreatedConversation,
  Edited,
  FileContent,
  Left,
  NewAccount,
  NewFile,
  NewMessage,
  NewRole,
  NewSession,
  Numbered,
  OpenedSession,
  Pinned,
  Reacted,
  Removed,
  Store,
} from '../../src/store/store.ts'

export type Rule = (sentence: string, check: (world: World) => Promise<void>) => void

/** A store and short words for what tests keep doing to it. Its clock moves by one with every reading. */
export class World {
  readonly store: Store
  #now: Micros = 1_700_000_000_000_000

  constructor(store: Store) {
    this.store = store
  }

  now(): Micros {
    return ++this.#now
  }

  account(username: string, facts: Partial<NewAccount> = {}): Promise<Account> {
    const plain = { uuid: newUuid(), username, displayName: username, email: null, passwordHash: 'hash' }
    return this.store.accounts.create({ ...plain, at: this.now(), ...facts })
  }

  guest(username: string): Promise<Account> {
    return this.account(username, { passwordHash: null })
  }

  accounts<Names extends readonly string[]>(...names: Names): Promise<{ [K in keyof Names]: Account }> {
    const made = names.map((name) => this.account(name))
    return Promise.all(made) as Promise<{ [K in keyof Names]: Account }>
  }

  create(
    kind: ConversationKind,
    members: readonly [Account, ...Account[]],
    facts: { name?: string; gid?: string } = {},
  ): Promise<CreatedConversation> {
    return this.store.conversations.create({
      gid: toGid(facts.gid ?? newGid()),
      kind,
      name: facts.name ?? null,
      creatorId: members[0].accountId,
      memberIds: members.map(({ accountId }) => accountId),
      at: this.now(),
    })
  }

  async group(...members: readonly [Account, ...Account[]]): Promise<Conversation> {
    return (await this.create('group', members)).conversation
  }

  async open(creator: Account, name?: string): Promise<Conversation> {
    return (await this.create('open', [creator], name === undefined ? {} : { name })).conversation
  }

  async private(one: Account, other: Account): Promise<Conversation> {
    return (await this.create('private', [one, other])).conversation
  }

  send(
    { conversationId }: Conversation,
    { accountId: senderId }: Account,
    body: string,
    facts: Partial<NewMessage> = {},
  ): Promise<Appended> {
    const plain = { conversationId, senderId, clientId: null, replyTo: null, body }
    return this.store.messages.append({ ...plain, at: this.now(), ...facts })
  }

  /** A complete file of one byte, unless the facts say otherwise. */
  async file({ accountId }: Account, facts: Partial<NewFile & FileContent> = {}): Promise<FileId> {
    const plain = {
      fileId: toFileId(newUuid()),
      name: 'a.txt',
      type: 'text/plain',
      size: 1,
      quota: 1_000_000_000,
    }
    const file = { ...plain, accountId, at: this.now(), ...facts }
    const { fileId, size, type, sha256 = newUuid(), width = null, height = null } = { ...file }
    assert.equal(await this.store.files.begin(file), true)
    assert.equal(await this.store.files.advance({ fileId, from: 0, to: size, at: this.now() }), true)
    const content = { fileId, sha256, type, width, height, at: this.now() }
    assert.equal(await this.store.files.complete(content), true)
    return fileId
  }

  edit(
    { conversationId, seq }: MessagePlace,
    { accountId: by }: Account,
    body: string,
    unlessChangedAfter: number | null = null,
    mentions: readonly Mention[] = [],
  ): Promise<Edited> {
    return this.store.messages.edit({
      conversationId,
      seq,
      by,
      body,
      mentions,
      unlessChangedAfter,
      at: this.now(),
    })
  }

  delete(messageId: MessageId, { accountId: by }: Account): ReturnType<Store['messages']['delete']> {
    return this.store.messages.delete({ messageId, by, at: this.now() })
  }

  /** With the account's role of now, unless the caller saw another. */
  async remove(
    { conversationId, seq }: MessagePlace,
    { accountId: by }: Account,
    { seen, mayBeAnothers = false }: { seen?: Role; mayBeAnothers?: boolean } = {},
  ): Promise<Removed> {
    const role = seen ?? (await this.roleOf({ conversationId }, by))
    return this.store.messages.remove({
      ...{ conversationId, seq, by, seen: role, mayBeAnothers, at: this.now() },
    })
  }

  /** The lowest where the account is no member: as good as any. */
  async roleOf(
    { conversationId }: Pick<Conversation, 'conversationId'>,
    accountId: AccountId,
  ): Promise<Role> {
    const standing = await this.store.conversations.standing(accountId, conversationId)
    return standing?.member?.role ?? 'reader'
  }

  async pin(
    { conversationId, seq }: MessagePlace,
    { accountId: by }: Account,
    isPinned = true,
  ): Promise<Pinned> {
    const seen = await this.roleOf({ conversationId }, by)
    return this.store.pins.set({ conversationId, seq, by, seen, isPinned, at: this.now() })
  }

  /** Puts a reaction, or removes it: `-👍`. */
  react(
    { conversationId, seq }: MessagePlace,
    ...wishes: readonly (readonly [account: Account, key: string])[]
  ): Promise<Reacted> {
    const wished = wishes.map(([{ accountId }, key]) => {
      const isAdded = !key.startsWith('-')
      return { accountId, key: isAdded ? key : key.slice(1), isAdded, at: this.now() }
    })
    return this.store.reactions.apply({ conversationId, seq, wishes: wished })
  }

  /** The texts that name the account, newest first. */
  async mentionsOf(
    { accountId }: Account,
    page: { before: number; limit: number } = { before: Number.MAX_SAFE_INTEGER, limit: 9 },
  ): Promise<readonly string[]> {
    return (await this.store.mentions.list(accountId, page)).map(({ body }) => body)
  }

  /** A message or its tombstone, with all that is kept of it. */
  async details({ conversationId, seq }: MessagePlace): Promise<MessageDetails> {
    const [found] = await this.store.messages.listDetails(conversationId, { first: seq, last: seq })
    return present(found)
  }

  async join({ conversationId }: Conversation, { accountId }: Account, by: Account | null = null) {
    const added = by && (await this.#addedBy(conversationId, by))
    return this.store.members.join({ conversationId, accountId, added, at: this.now() })
  }

  /** With the role that the account has, unless another was seen. */
  async change(
    { conversationId }: Conversation,
    { accountId: byId }: Account,
    facts: Partial<ConversationChange>,
  ): Promise<ChangedConversation> {
    const members = await this.store.members.list(conversationId)
    const by = members.find(({ accountId }) => accountId === byId)?.role ?? 'member'
    const change = { conversationId, byId, seen: { by }, at: this.now(), ...facts }
    return this.store.conversations.change(change)
  }

  /** With the roles that the two have, unless others were seen. */
  async changeRole(
    { conversationId }: Conversation,
    { accountId }: Account,
    role: Role,
    { accountId: byId }: Account,
    seen?: NewRole['seen'],
  ): Promise<ChangedRoles> {
    const roles = new Map(
      (await this.store.members.list(conversationId)).map((each) => [each.accountId, each.role]),
    )
    const now = { by: roles.get(byId) ?? 'member', role: roles.get(accountId) ?? 'member' } as const
    const change = { conversationId, accountId, role, byId, seen: seen ?? now, at: this.now() }
    return this.store.members.changeRole(change)
  }

  /** With the heir that there is, unless another was seen. */
  async leave(
    { conversationId }: Conversation,
    { accountId }: Account,
    heir?: Account | null,
  ): Promise<Left> {
    const exit = { conversationId, accountId }
    if (heir !== undefined)
      return this.store.members.leave({ ...exit, heirId: heir?.accountId ?? null, at: this.now() })
    const role = await this.#roleOf(conversationId, accountId)
    const heirId = role === 'owner' ? await this.store.members.findHeir(conversationId, accountId) : undefined
    return this.store.members.leave({ ...exit, heirId: heirId ?? null, at: this.now() })
  }

  /** From the conversation, with the roles that the two have unless others were seen. */
  async expel(
    { conversationId }: Conversation,
    { accountId }: Account,
    { accountId: byId }: Account,
    seen?: NewRole['seen'],
  ): Promise<Left> {
    const by = (await this.#roleOf(conversationId, byId)) ?? 'member'
    const role = (await this.#roleOf(conversationId, accountId)) ?? 'member'
    const removal = { conversationId, accountId, byId, seen: seen ?? { by, role }, at: this.now() }
    return this.store.members.remove(removal)
  }

  async liftBan({ conversationId }: Conversation, { accountId }: Account, { accountId: byId }: Account) {
    const by = (await this.#roleOf(conversationId, byId)) ?? 'member'
    await this.store.members.liftBan({ conversationId, accountId, byId, seen: { by } })
  }

  async #roleOf(conversationId: ConversationId, accountId: AccountId): Promise<Role | undefined> {
    const members = await this.store.members.list(conversationId)
    return members.find((member) => member.accountId === accountId)?.role
  }

  async #addedBy(conversationId: ConversationId, { accountId: byId }: Account): Promise<Added> {
    const by = (await this.#roleOf(conversationId, byId)) ?? 'member'
    const membersAdd = (await this.store.conversations.find(conversationId))?.membersAdd ?? true
    return { byId, seen: { by, membersAdd }, liftsBan: by !== 'member' && by !== 'reader' }
  }

  block(blocker: Account, blocked: Account): Promise<Numbered> {
    return this.store.contacts.block(blocker.accountId, blocked.accountId, this.now())
  }

  disable({ accountId }: Account): Promise<Micros> {
    return this.store.accounts.revoke(accountId, { at: this.now(), disable: true })
  }

  /** Its kind is 'rooms' unless said, and its id is its digest. */
  session({ accountId }: Account, digest: string, facts: Partial<NewSession> = {}): Promise<OpenedSession> {
    const at = this.now()
    return this.store.sessions.open({
      ...{ sessionId: toSessionId(digest), accountId, kind: 'rooms', digest, device: null, address: null },
      ...{ at, expiresAt: at + 1_000, max: 20, ...facts },
    })
  }

  async conversation({ conversationId }: Conversation): Promise<Conversation> {
    return present(await this.store.conversations.find(conversationId))
  }

  async bodies({ conversationId }: Conversation): Promise<readonly string[]> {
    const messages = await this.store.messages.list({ conversationId, limit: Number.POSITIVE_INFINITY })
    return messages.map(({ body }) => body)
  }
}

/** The port refuses with this code, and with these details if they are given. */
export async function refuses(
  attempt: Promise<unknown>,
  code: ChatErrorCode,
  details?: ChatErrorDetails,
): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof ChatError, `not a ChatError: ${error}`)
    assert.equal(error.code, code)
    if (details) assert.deepEqual(error.details, details)
    return true
  })
}

export function present<T>(value: T | null | undefined): T {
  assert.ok(value !== undefined && value !== null, 'it is there')
  return value
}

/** 1, 2 … count. */
/** Without the facts that only some readings show. */
export const plainOf = (message: Message): Message => {
  const { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt } = message
  return { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt }
}

export const series = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
