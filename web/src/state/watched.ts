import type { Client } from '@parlance/client'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useObservable } from '../lib/use-observable.ts'

/** Accounts of which a connection can hear at once. */
const MOST = 200

/** The people of the pane that is open. */
const inPane = signal<readonly string[]>([])

/** Hears whether these people are online, while the component is mounted. */
export function usePresence(accounts: readonly string[]): void {
  useEffect(() => {
    inPane.value = accounts
    return () => {
      inPane.value = []
    }
  }, [accounts.join()])
}

/**
 * Hears what passes in the conversation that is open, and who is online: first the people of a pane, then the other one of each
 * private conversation, the most active first.
 */
export function useWatched(client: Client, open: string | undefined): void {
  const { items, archived } = useObservable(client.conversations)
  const { phase } = useObservable(client.connection)
  const current = [...items, ...archived].find(({ id }) => id === open)
  const listed = [...(current ? [current] : []), ...items].flatMap(({ other }) => other?.id ?? [])
  const accounts = [...new Set([...inPane.value, ...listed])].slice(0, MOST)
  const conversations = current ? [current.id] : []
  useEffect(() => {
    client.watch({ conversations, accounts })
  }, [client, phase === 'live', current?.id, accounts.toSorted().join()])
}
