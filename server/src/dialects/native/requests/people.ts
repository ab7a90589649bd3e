import type { PEOPLE_OPERATIONS } from '@parlance/protocol'
import { type Account, toAccountId } from '../../../core/chat.ts'
import type { Asker, Handlers } from '../call.ts'
import { cursorText, numberAt, pageOf, placeAt } from '../cursors.ts'
import { accountIdIn } from '../names.ts'
import { idOf } from '../places.ts'
import { Refusal } from '../refusal.ts'
import { unless } from '../unless.ts'
import { accountOf, personOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function peopleHandlers({
  chat,
}: Pick<RequestParts, 'chat'>): Handlers<keyof typeof PEOPLE_OPERATIONS> {
  const { accounts, contacts, people } = chat

  const find = async (asker: Asker, name: string): Promise<Account> => {
    const found = await people.find(idOf(asker), accountIdIn(name))
    if (!found) throw new Refusal('not_found')
    return found
  }

  /** One that may be a contact: no guest. */
  const findAddable = async (asker: Asker, name: string): Promise<Account> => {
    const found = await find(asker, name)
    if (found.isGuest) throw new Refusal('not_found')
    return found
  }

  return {
    searchAccounts: {
      limit: 'search',
      run: async ({ asker, query: { search: prefix, limit = 50, cursor } }) => {
        const place = placeAt(cursor)
        const after = place && { key: place[0], accountId: toAccountId(place[1]) }
        const { items, next } = await people.search(idOf(asker), { prefix, after, limit })
        const body = {
          items: items.map(accountOf),
          next: next && cursorText(next.key, next.accountId),
        }
        return { status: 200, body }
      },
    },
    getAccount: {
      run: async ({ asker, params }) => ({ status: 200, body: accountOf(await find(asker, params.a)) }),
    },
    listContacts: {
      run: async ({ asker, query: { limit = 50, cursor } }) => {
        const after = numberAt(cursor)
        const found = await contacts.page(idOf(asker), { after, limit: limit + 1 })
        const { items, next } = pageOf(found, limit, byId)
        const shown = await people.visible(idOf(asker), items)
        return { status: 200, body: { items: shown.map(accountOf), next } }
      },
    },
    addContact: {
      run: async ({ asker, params }) => {
        const accountId = accountIdIn(params.a)
        if (accountId === idOf(asker)) throw new Refusal('with_yourself')
        const account = await findAddable(asker, params.a)
        await unless('already_a_contact', contacts.add(idOf(asker), accountId))
        return { status: 200, body: accountOf(account) }
      },
    },
    removeContact: {
      run: async ({ asker, params }) => {
        await contacts.remove(idOf(asker), accountIdIn(params.a))
        return { status: 204 }
      },
    },
    listBlocks: {
      run: async ({ asker, query: { limit = 50, cursor } }) => {
        const after = numberAt(cursor)
        const found = await contacts.blocked(idOf(asker), { after, limit: limit + 1 })
        const { items, next } = pageOf(found, limit, byId)
        return { status: 200, body: { items: items.map(personOf), next } }
      },
    },
    block: {
      run: async ({ asker, params }) => {
        const accountId = accountIdIn(params.a)
        // Also one that has blocked the asker: else it could keep the asker from blocking it.
        const account = await accounts.find(accountId)
        if (!account) throw new Refusal('not_found')
        await contacts.block(idOf(asker), accountId)
        return { status: 200, body: personOf(account) }
      },
    },
    unblock: {
      run: async ({ asker, params }) => {
        await contacts.unblock(idOf(asker), accountIdIn(params.a))
        return { status: 204 }
      },
    },
  }
}

const byId = ({ accountId }: Account): string => cursorText(accountId)
