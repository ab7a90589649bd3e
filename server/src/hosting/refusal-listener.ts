import type { Store } from '../store/store.ts'

type OnRefused = (error: unknown) => void
/** One of the port, of no more arguments than are handed on. */
type Method = (first: never, second: never, third: never) => Promise<unknown>

/** A part of the port, which has nothing but methods. */
type Part<Methods> = { readonly [Name in keyof Methods]: Method }

/**
 * The same store, but `onRefused` is called at each rejection too, but for that of a send: `Chat` itself tells of those.
 * Another promise for each message would cost a hundredth of its time. Callers still get the store's own promises.
 */
export function withRefusalListener(store: Store, onRefused: OnRefused): Store {
  return {
    accounts: partOf(store.accounts, onRefused),
    accountState: partOf(store.accountState, onRefused),
    sessions: partOf(store.sessions, onRefused),
    contacts: partOf(store.contacts, onRefused),
    conversations: partOf(store.conversations, onRefused),
    files: partOf(store.files, onRefused),
    invites: partOf(store.invites, onRefused),
    members: partOf(store.members, onRefused),
    memberships: partOf(store.memberships, onRefused),
    messages: { ...partOf(store.messages, onRefused), append: (message) => store.messages.append(message) },
    mentions: partOf(store.mentions, onRefused),
    pins: partOf(store.pins, onRefused),
    reactions: partOf(store.reactions, onRefused),
    search: partOf(store.search, onRefused),
    changes: partOf(store.changes, onRefused),
    retention: partOf(store.retention, onRefused),
    removals: partOf(store.removals, onRefused),
    conversationRemovals: partOf(store.conversationRemovals, onRefused),
    exports: partOf(store.exports, onRefused),
    overview: partOf(store.overview, onRefused),
    audit: partOf(store.audit, onRefused),
    epoch: () => store.epoch(),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}

function partOf<Methods extends Part<Methods>>(part: Methods, onRefused: OnRefused): Methods {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(part)).filter(
    (name) => name !== 'constructor',
  )
  const methods = names.map((name) => {
    const method = part[name as keyof Methods]
    const told: Method = (first, second, third) => {
      const answer = method.call(part, first, second, third)
      answer.catch(onRefused)
      return answer
    }
    return [name, told]
  })
  return Object.fromEntries(methods)
}
