import type { DatabaseSync } from 'node:sqlite'
import {
  type AccountId,
  type ConversationId,
  type OwnListing,
  type Sender,
  toSender,
} from '../../core/types.ts'
import { type SharedListingRow, sharedListingOf } from '../member-views.ts'
import type { RememberedListing, RememberedListings } from '../remembered-listings.ts'
import type { AccountReader } from './account-reader.ts'
import { type StoredBody, textOf } from './bodies.ts'
import { PAIR, SHARED_LISTING } from './listings.ts'
import { prepare, type Row } from './statement.ts'

type SharedRow = Omit<Row<SharedListingRow>, 'body'> & { readonly stored: StoredBody | null }

/** Listings without the account's own side, mostly from memory. */
export class ListingReader {
  readonly #accounts: AccountReader
  readonly #remembered: RememberedListings
  readonly #shared
  readonly #pair

  constructor(db: DatabaseSync, remembered: RememberedListings, accounts: AccountReader) {
    this.#accounts = accounts
    this.#remembered = remembered
    this.#shared = prepare<SharedRow>(db, SHARED_LISTING)
    this.#pair = prepare<{ accountId: AccountId }>(db, PAIR)
  }

  /** `lastChange` is the conversation's, as it was just read. */
  find(
    accountId: AccountId,
    conversationId: ConversationId,
    lastChange: number,
  ): Omit<OwnListing, 'own'> | undefined {
    const known = this.#remembered.find(conversationId, lastChange, this.#senderOf)
    const listing = known ?? this.#read(conversationId)
    if (!listing) return undefined
    const { conversation, lastMessage, pair } = listing
    const otherId = pair.find((each) => each !== accountId)
    return { conversation, lastMessage, other: otherId === undefined ? null : this.#requireSender(otherId) }
  }

  #read(conversationId: ConversationId): RememberedListing | undefined {
    const row = this.#shared.get(conversationId)
    if (!row) return undefined
    const { stored, ...rest } = row
    const flags = { isListed: row.isListed === 1, membersAdd: row.membersAdd === 1 }
    const sender = row.senderId === null ? null : this.#requireSender(row.senderId)
    const shared = sharedListingOf(
      { ...rest, ...flags, body: stored === null ? null : textOf(stored) },
      sender,
    )
    const pair =
      row.kind === 'private' ? this.#pair.all(conversationId).map((member) => member.accountId) : NOBODY
    const listing = { ...shared, pair }
    this.#remembered.set(listing)
    return listing
  }

  readonly #senderOf = (accountId: AccountId): Sender | undefined => this.#accounts.find(accountId)

  #requireSender(accountId: AccountId): Sender {
    const account = this.#accounts.find(accountId)
    if (!account) throw new Error('a member or sender without its account')
    return toSender(account)
  }
}

const NOBODY: readonly AccountId[] = []
