import type { FoundAccount } from '../found.ts'
import type { Intake } from '../intake.ts'
import { momentOf, objectsIn, textIn, timeIn } from './extended-json.ts'

type Collection = 'User' | 'Group' | 'Text'
type Step = 'people' | 'groups' | 'visits' | 'texts'

const COLLECTION_OF: Readonly<Record<Step, Collection>> = {
  people: 'User',
  groups: 'Group',
  visits: 'User',
  texts: 'Text',
}

const ACCOUNTS_AT_ONCE = 200
/** Characters of a document that is none of the three that a note has. */
const MAX_NOTED = 2_000

/** The collection that a document is of, by its fields; undefined for any other. */
export function collectionOf(document: object): Collection | undefined {
  const has = (...fields: string[]) => fields.every((field) => Object.hasOwn(document, field))
  if (has('group_name', 'text')) return 'Text'
  if (has('group_name', 'user') && Array.isArray(Reflect.get(document, 'user'))) return 'Group'
  return has('username', 'current_group') ? 'User' : undefined
}

interface Origin {
  readonly place: string
  readonly file: string
}

/** Takes the documents of groups, whose people are guests, and who name people and groups by their names. */
export class GroupsIntake {
  readonly #intake: Intake
  /** The first user's key by their username: all are held, since texts name them. */
  readonly #people = new Map<string, string>()
  /** The collections that each file has something of, once it was read for the people. */
  readonly #found = new Map<string, Set<Collection>>()
  #waiting: FoundAccount[] = []

  constructor(intake: Intake) {
    this.#intake = intake
  }

  /** Whether the file has something for the step: for the people each may have. */
  isIn(file: string, step: Step): boolean {
    return step === 'people' || (this.#found.get(file)?.has(COLLECTION_OF[step]) ?? false)
  }

  async take(step: Step, document: object, { place, file }: Origin): Promise<void> {
    const collection = collectionOf(document)
    if (step === 'people') this.#look(document, collection, { place, file })
    if (collection !== COLLECTION_OF[step]) return
    if (step === 'people') await this.#person(document, place)
    else if (step === 'groups') this.#group(document, place)
    else if (step === 'visits') this.#visit(document, place)
    else this.#text(document, place)
  }

  /** Takes the people that have been held back to be taken together. */
  async endPeople(): Promise<void> {
    const found = this.#waiting
    this.#waiting = []
    await this.#intake.accounts(found)
  }

  #look(document: object, collection: Collection | undefined, { place, file }: Origin): void {
    const collections = this.#found.get(file) ?? new Set()
    this.#found.set(file, collections)
    if (collection !== undefined) {
      collections.add(collection)
      return
    }
    const why = 'it is no user, group or text of groups'
    const before = JSON.stringify(document).slice(0, MAX_NOTED)
    this.#intake.note({ what: 'document', place, done: 'left out', why, before })
  }

  /** The original makes another user of the name whenever somebody who is in a group comes back: all are one person. */
  async #person(document: object, place: string): Promise<void> {
    const [key, username] = [keyOf(document, place), textIn(document, 'username')]
    if (this.#people.has(username)) {
      const why = 'a user of that name is there already, and it is one with them'
      this.#intake.note({ what: 'account', place, done: 'changed', why, before: username })
      return
    }
    if (username !== '') this.#people.set(username, key)
    this.#waiting.push({ place, key, username, isGuest: true, createdAt: momentOf(key) })
    if (this.#waiting.length >= ACCOUNTS_AT_ONCE) await this.endPeople()
  }

  #group(document: object, place: string): void {
    const [key, name] = [keyOf(document, place), textIn(document, 'group_name')]
    const named = nameKey(name)
    if (this.#intake.hasConversation(named) && !this.#intake.hasConversation(key)) {
      this.#intake.alias(key, named)
      const why = 'a group of that name is there already, and it is one with that'
      this.#intake.note({ what: 'conversation', place, done: 'changed', why, before: name })
    } else {
      const isNew = !this.#intake.hasConversation(key)
      this.#intake.conversation({ place, key, kind: 'open', name, createdAt: momentOf(key) })
      if (!isNew) return
      if (name !== '') this.#intake.alias(named, key)
    }
    for (const member of objectsIn(document, 'user')) this.#member(member, key, place)
  }

  #member(member: object, conversationKey: string, place: string): void {
    const username = textIn(member, 'name_ID')
    const readAt = timeIn(member, 'last_read')
    const accountKey = this.#people.get(username) ?? username
    this.#intake.member({ place, conversationKey, accountKey, ...(readAt !== undefined && { readAt }) })
  }

  /** The original keeps the first of the users of one name up to date. */
  #visit(document: object, place: string): void {
    const [key, group] = [keyOf(document, place), textIn(document, 'current_group')]
    if (group !== '' && this.#people.get(textIn(document, 'username')) === key)
      this.#intake.current(key, nameKey(group))
  }

  #text(document: object, place: string): void {
    const [key, name] = [keyOf(document, place), textIn(document, 'group_name')]
    const username = textIn(document, 'username')
    this.#intake.message({
      ...{ place, key, order: key, body: textIn(document, 'text') },
      conversationKey: this.#intake.hasConversation(nameKey(name)) ? nameKey(name) : name,
      senderKey: this.#people.get(username) ?? username,
      at: timeIn(document, 'timestamp') ?? momentOf(key),
    })
  }
}

/** The document's id; its place where it has none. */
const keyOf = (document: object, place: string): string => textIn(document, '_id') || place

/** The key under which a group is found by its name. */
const nameKey = (name: string): string => `/group ${name}`
