import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { OwnListing } from '../../src/core/chat.ts'
import { ListingTexts } from '../../src/dialects/native/socket/listing-texts.ts'
import { listingOf } from '../../src/dialects/native/wire.ts'
import { RememberedListings } from '../../src/store/remembered-listings.ts'
import { AccountReader } from '../../src/store/sqlite/account-reader.ts'
import { openForReading } from '../../src/store/sqlite/database.ts'
import { ListingReader } from '../../src/store/sqlite/listing-reader.ts'
import { SqliteMemberships } from '../../src/store/sqlite/memberships.ts'
import { pack } from '../../src/store/sqlite/packed-message.ts'
import { ReadCache } from '../../src/store/sqlite/read-cache.ts'
import { WriteQueue } from '../../src/store/sqlite/write-queue.ts'
import { deep } from '../support/deep.ts'
import { tempDir } from '../support/temp-dir.ts'
import { anyWrites, BEGINNING, WORLD } from './any-write/index.ts'

/** Room for three or four listings, so that they are forgotten all the time. */
const LITTLE = 4_000

async function listingsOf(
  db: DatabaseSync,
  writer: WriteQueue,
  { cache, remembered }: { readonly cache: ReadCache; readonly remembered: RememberedListings },
): Promise<readonly OwnListing[]> {
  const accounts = new AccountReader(db, cache)
  const memberships = new SqliteMemberships(db, writer, new ListingReader(db, remembered, accounts))
  const { accountIds } = WORLD
  return (await Promise.all(accountIds.map((accountId) => memberships.listNewest(accountId, 10)))).flat()
}

test('listings that are written once for all members are what a fresh writing of them is, after any writes', async (t) => {
  const folder = await tempDir(t)
  let run = 0
  let shared = 0
  await fc.assert(
    fc.asyncProperty(anyWrites, fc.boolean(), async (batches, isCrowded) => {
      const file = join(folder, `${run++}.db`)
      const cache = new ReadCache()
      const remembered = isCrowded ? new RememberedListings(LITTLE) : cache.listings
      const texts = new ListingTexts()
      const writer = await WriteQueue.open({ file, purpose: 'serve' }, cache, {})
      const db = openForReading(file)
      try {
        const seen = new Set<unknown>()
        for (const writes of [BEGINNING, ...batches]) {
          await Promise.allSettled(
            writes.map(([name, argument]) =>
              writer.write(
                name,
                (name === 'messages.append'
                  ? pack(argument as Parameters<typeof pack>[0])
                  : argument) as never,
              ),
            ),
          )
          const listings = await listingsOf(db, writer, { cache, remembered })
          const anew = { cache: new ReadCache(), remembered: new RememberedListings() }
          const fresh = await listingsOf(db, writer, anew)
          assert.deepEqual(
            listings.map((listing) => texts.textOf(listing)),
            fresh.map((listing) => JSON.stringify(listingOf(listing))),
          )
          for (const { conversation } of listings) {
            if (seen.has(conversation)) shared++
            seen.add(conversation)
          }
        }
      } finally {
        db.close()
        await writer.close()
      }
    }),
    { numRuns: deep(25) },
  )
  assert.ok(shared > 0, 'nothing was written once for several')
})
