import { useSyncExternalStore } from 'react'
import type { Client } from './client.ts'
import type { Observable } from './lib/live.ts'
import type { Entry } from './outbox/entry.ts'
import type { Listing } from './protocol.ts'
import type { ConversationList } from './store/places.ts'
import type { TimelineSnapshot } from './store/timeline.ts'
import type { ConnectionState } from './wire/wire.ts'

/** The value of an observable; the component renders again when it changes. */
export const useObservable = <Value>(observable: Observable<Value>): Value =>
  useSyncExternalStore(observable.subscribe, observable.get, observable.get)

export const useConnection = (client: Client): ConnectionState => useObservable(client.connection)

export const useConversations = (client: Client): ConversationList => useObservable(client.conversations)

export const useListing = (client: Client, id: string): Listing | undefined =>
  useObservable(client.conversation(id).listing)

/** The timeline loads, and stays true, while the component is mounted. */
export const useTimeline = (client: Client, id: string): TimelineSnapshot =>
  useObservable(client.conversation(id).timeline)

export const useTyping = (client: Client, id: string): readonly string[] =>
  useObservable(client.conversation(id).typing)

export const useOnline = (client: Client, account: string): boolean => useObservable(client.isOnline(account))

export const useOutbox = (client: Client): readonly Entry[] => useObservable(client.outbox.list)
