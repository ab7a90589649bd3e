import type { Account, Client, ConversationHandle, Listing, Person } from '@parlance/client'
import { listMembers } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useEmoji } from '../emoji/loaded.ts'
import { commandsFor } from './commands.ts'
import { type Suggestion, suggestAll, suggestCommands, suggestEmoji, suggestPeople } from './suggestions.ts'
import type { Token } from './token.ts'

interface SuggestionsOptions {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  /** The word that is to be completed. */
  readonly token: Token | undefined
  /** Whether people are to be invited: then they are those who are no members. */
  readonly isInviting: boolean
}

/** Milliseconds of quiet before the server is asked. */
const PAUSE_MS = 150

/** The ways to complete a word. Their data is loaded when it is first wanted. */
export function useSuggestions(options: SuggestionsOptions): readonly Suggestion[] {
  const { client, place, listing, me, token, isInviting } = options
  const isPerson = token?.kind === 'person'
  const members = useMembers({ client, place, listing, isWanted: isPerson })
  const strangers = useStrangers(client, isPerson && isInviting ? token.query : '')
  const groups = useEmoji(token?.kind === 'emoji')
  if (!token) return []
  switch (token.kind) {
    case 'command':
      return suggestCommands(commandsFor(listing), token.query)
    case 'emoji':
      return groups === undefined || groups === 'failed'
        ? []
        : suggestEmoji(
            groups.flatMap(({ emoji }) => emoji),
            token.query,
          )
    case 'person': {
      const without = (people: readonly Person[], ids: readonly string[]) =>
        people.filter(({ id }) => !ids.includes(id))
      if (isInviting) {
        const known = members.map(({ id }) => id)
        return suggestPeople(without(strangers, [me, ...known]), token.query, [])
      }
      const found = suggestPeople(without(members, [me]), token.query, speakersOf(place))
      return listing.can.includes('mentionAll') ? [...found, ...suggestAll(token.query)] : found
    }
  }
}

/** Those who spoke last, the last first. */
function speakersOf(place: ConversationHandle): readonly string[] {
  const { items } = place.timeline.get()
  const senders = items.slice(-100).flatMap((item) => (item.kind === 'message' ? item.message.sender.id : []))
  return [...new Set(senders.reverse())]
}

interface MembersOptions extends Pick<SuggestionsOptions, 'client' | 'place' | 'listing'> {
  readonly isWanted: boolean
}

/** The first members of a conversation, and those who spoke last: in a large one they are not all. */
function useMembers({ client, place, listing, isWanted }: MembersOptions): readonly Person[] {
  const [members, setMembers] = useState<readonly Person[]>([])
  const { other } = listing
  useEffect(() => {
    if (!isWanted || other) return
    let isOver = false
    client.rest.call(listMembers, { params: { c: place.id }, query: { limit: 200 } }).then(
      ({ items }) => !isOver && setMembers(items.map(({ account }) => account)),
      // Without a connection those who spoke are still known.
      () => undefined,
    )
    return () => {
      isOver = true
    }
  }, [isWanted, place, listing.memberCount])
  if (!isWanted) return []
  if (other) return [other]
  const spoke = place.timeline
    .get()
    .items.flatMap((item) => (item.kind === 'message' ? item.message.sender : []))
  return [...new Map([...spoke, ...members].map((person) => [person.id, person])).values()]
}

/** People of the server whose name begins so. */
function useStrangers(client: Client, query: string): readonly Account[] {
  const [found, setFound] = useState<readonly Account[]>([])
  useEffect(() => {
    if (query.length < 2) {
      setFound([])
      return
    }
    let isOver = false
    const timer = setTimeout(async () => {
      const people = await client.searchPeople(query).catch(() => [])
      if (!isOver) setFound(people)
    }, PAUSE_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [client, query])
  return found
}
