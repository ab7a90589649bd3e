import type { Account, Person } from '@parlance/client'
import type { Emoji } from '../emoji/emoji.ts'
import { findEmoji } from '../emoji/emoji.ts'
import { nameOf } from '../lib/names.ts'
import { t } from '../text/index.ts'
import type { Command } from './commands.ts'

/** One way to complete a word. */
export interface Suggestion {
  readonly key: string
  /** The text that takes the place of the word. */
  readonly text: string
  readonly title: string
  readonly hint: string
  readonly picture:
    | { readonly is: 'person'; readonly person: Person }
    | { readonly is: 'sign'; readonly sign: string }
    | { readonly is: 'none' }
}

const MOST = 8
/** Names that the server finds in a text: others cannot be mentioned. */
const MENTIONABLE = /^[\p{L}\p{N}\p{M}_.-]+$/u

/** People of whose names a word begins so: those who spoke last come first. */
export function suggestPeople(
  people: readonly (Account | Person)[],
  query: string,
  spokeLast: readonly string[],
): readonly Suggestion[] {
  const wanted = query.toLocaleLowerCase()
  const rank = ({ id }: Person) => (spokeLast.includes(id) ? spokeLast.indexOf(id) : spokeLast.length)
  return people
    .filter((person) => MENTIONABLE.test(person.username) && begins(person, wanted))
    .sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b)))
    .slice(0, MOST)
    .map((person) => ({
      key: person.id,
      text: `@${person.username} `,
      title: nameOf(person),
      hint: `@${person.username}`,
      picture: { is: 'person', person },
    }))
}

const begins = ({ username, displayName }: Person, wanted: string): boolean =>
  username.toLocaleLowerCase().startsWith(wanted) ||
  displayName
    .toLocaleLowerCase()
    .split(/[\s._-]+/u)
    .some((word) => word.startsWith(wanted))

/** All members at once, where that is allowed and asked for. */
export const suggestAll = (query: string): readonly Suggestion[] =>
  'all'.startsWith(query.toLowerCase())
    ? [
        {
          key: 'all',
          text: '@all ',
          title: t('complete.all'),
          hint: '@all',
          picture: { is: 'sign', sign: '@' },
        },
      ]
    : []

export const suggestEmoji = (all: readonly Emoji[], query: string): readonly Suggestion[] =>
  findEmoji(all, query, MOST).map(({ character, name, code }) => ({
    key: code,
    text: `${character} `,
    title: name,
    hint: `:${code}:`,
    picture: { is: 'sign', sign: character },
  }))

/** A command that is written already is not suggested: Enter is to do it. */
export const suggestCommands = (commands: readonly Command[], query: string): readonly Suggestion[] =>
  commands
    .filter(({ name, wants }) => name.startsWith(query) && (name !== query || wants !== undefined))
    .map(({ name, explain, wants }) => ({
      key: name,
      text: wants ? `/${name} ` : `/${name}`,
      title: wants ? `/${name} ${t(wants)}` : `/${name}`,
      hint: t(explain),
      picture: { is: 'none' },
    }))
