import { MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import { pause } from '../lib/slices.ts'
import { type Phrase, placesOf, unitsOf } from '../lib/words.ts'
import {
  LINK_TERM,
  type SearchStore,
  type SearchTerm,
  type Standing,
  senderTerm,
  termsOf,
} from '../store/store.ts'
import { requireMay } from './policy.ts'
import type { AccountId, MessageDetails } from './types.ts'

/** Something that a message may have, beside its words: an image is a file, too. */
type Had = 'link' | 'file' | 'image'

interface SearchQuery {
  /** At least one, as `phrasesIn` finds them: a message has all of them. */
  readonly phrases: readonly Phrase[]
  /** Only in that conversation, as the searching member stands there. */
  readonly in?: Standing
  readonly senderId?: AccountId
  /** Only messages that were sent later. */
  readonly after?: Micros
  /** Only messages that were sent earlier. */
  readonly before?: Micros
  /** Only messages that have it, in their text or beside it. */
  readonly has?: Had
  /** Only messages before this one's id: where the page before has ended. */
  readonly beforeId?: number
  readonly limit: number
}

export interface FoundMessage {
  readonly message: MessageDetails
  /** Where the phrases stand in the text, in UTF-16 units, `to` exclusive; in order, none over another. */
  readonly highlights: readonly (readonly [from: number, to: number])[]
}

interface SearchPage {
  /** Newest first. A page may have few or none, and not be the last. */
  readonly items: readonly FoundMessage[]
  /** The `beforeId` of the next page; null at the end. */
  readonly next: number | null
  /** Cells of the index that were looked at (see `FoundMessages`), and one more for each `UNITS_PER_WORK` of texts. */
  readonly work: number
}

/** Phrases of one search; more are refused where requests are read. */
export const MAX_PHRASES = 16

/** Terms that the index is asked for. Further ones are looked for in the texts alone. */
const MAX_TERMS = 32

/** Cells of the index, and messages, that are looked at for one page. */
const MAX_WORK = 2_048
const MAX_LOOKED_AT = 1_000
/** UTF-16 units of texts that are looked at for one page, and those that are as much work as a cell. */
const MAX_UNITS = 1_048_576
const UNITS_PER_WORK = 256

/** Messages that are looked at together. */
const AT_ONCE = { least: 20, most: 200 }

/** Another node's clock may differ so much. */
const CLOCK_DIFFERENCE: Micros = 10 * MICROS_PER_SECOND

const MAX_HIGHLIGHTS = 100

const PHRASES = /"(?<quoted>[^"]*)"?(?<open>\*?)|(?<plain>[^\s"]+)/gu

export function phrasesIn(text: string): readonly Phrase[] {
  const phrases: Phrase[] = []
  for (const { groups = {} } of text.matchAll(PHRASES)) {
    const isPrefix = groups.open === '*' || (groups.plain?.endsWith('*') ?? false)
    const units = unitsOf(groups.quoted ?? groups.plain ?? '')
    if (units.length > 0) phrases.push({ units, isPrefix })
  }
  return phrases
}

/** Finds messages by their words, in the account's own conversations alone. */
export class Search {
  readonly #store: SearchStore

  constructor(store: SearchStore) {
    this.#store = store
  }

  /** The words and "quoted phrases" of a text; one with a * at its end is the beginning of longer words. */
  phrasesIn(text: string): readonly Phrase[] {
    return phrasesIn(text)
  }

  /** The work is bounded, and depends on what the account's own conversations hold alone. */
  async find(accountId: AccountId, query: SearchQuery): Promise<SearchPage> {
    if (query.in) requireMay('read', query.in)
    const bounds = await this.#boundsOf(query)
    const asked = {
      ...{ accountId, terms: indexTermsOf(query), after: bounds.after },
      ...(query.in && { conversationId: query.in.conversation.conversationId }),
    }
    const items: FoundMessage[] = []
    let next: number | null = bounds.before
    let [work, lookedAt, length] = [0, 0, 0]
    const isBounded = () => work < MAX_WORK && lookedAt < MAX_LOOKED_AT && length < MAX_UNITS
    while (next !== null && items.length < query.limit && isBounded()) {
      const limit = Math.min(AT_ONCE.most, Math.max(AT_ONCE.least, query.limit - items.length, lookedAt))
      const page = await this.#store.find({ ...asked, before: next, limit })
      next = page.before
      work += page.work
      for (const [n, message] of page.items.entries()) {
        const turn = pause()
        if (turn) await turn
        lookedAt++
        length += message.body.length
        items.push(...foundIn(message, query))
        const isLast = n === page.items.length - 1
        if (isLast || (items.length < query.limit && length < MAX_UNITS)) continue
        next = message.messageId
        break
      }
    }
    return { items, next, work: work + Math.floor(length / UNITS_PER_WORK) }
  }

  /** Ids between which everything lies that was sent in that time. */
  async #boundsOf({ after, before, beforeId = Number.MAX_SAFE_INTEGER }: SearchQuery) {
    const first = after === undefined ? 1 : await this.#store.idFrom(after - CLOCK_DIFFERENCE)
    const end = before === undefined ? beforeId : await this.#store.idFrom(before + CLOCK_DIFFERENCE)
    return { after: first - 1, before: Math.min(beforeId, end) }
  }
}

function indexTermsOf({ phrases, senderId, has }: SearchQuery): readonly SearchTerm[] {
  const facts = [
    ...(senderId === undefined ? [] : [senderTerm(senderId)]),
    ...(has === 'link' ? [LINK_TERM] : []),
  ]
  const words = phrases.flatMap(({ units, isPrefix }) => termsOf(units, isPrefix))
  const different = new Map(words.map((term) => [`${term.word} ${term.isPrefix}`, term]))
  return [...facts, ...different.values()].slice(0, MAX_TERMS)
}

/** The message with its highlights, or nothing where it lacks something that is asked for, or was sent at another time. */
function foundIn(
  message: MessageDetails,
  { phrases, after, before, has }: SearchQuery,
): readonly FoundMessage[] {
  const { body, sentAt } = message
  if (!hasIt(message, has)) return []
  if ((after !== undefined && sentAt <= after) || (before !== undefined && sentAt >= before)) return []
  const units = unitsOf(body)
  const places = phrases.map((phrase) => placesOf(phrase, units))
  if (places.some((each) => each.length === 0)) return []
  return [{ message, highlights: merged(places.flat()) }]
}

/** The index knows which messages have links, and is not asked for files. */
function hasIt({ attachments = [] }: MessageDetails, has: Had | undefined): boolean {
  if (has === 'file') return attachments.length > 0
  if (has === 'image') return attachments.some(({ type }) => type.startsWith('image/'))
  return true
}

/** In order, and as one where they overlap. */
function merged(places: readonly (readonly [number, number])[]): FoundMessage['highlights'] {
  const whole: [number, number][] = []
  for (const [from, to] of [...places].sort(([one], [other]) => one - other)) {
    const last = whole.at(-1)
    if (last && from < last[1]) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole.slice(0, MAX_HIGHLIGHTS)
}
