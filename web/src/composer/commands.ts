import type { Client, ConversationHandle, Listing } from '@parlance/client'
import { go } from '../state/route.ts'
import { type TextKey, t } from '../text/index.ts'

interface CommandContext {
  readonly client: Client
  readonly place: ConversationHandle
}

/** A command that is written instead of a message. */
export interface Command {
  readonly name: string
  readonly explain: TextKey
  /** A name for the text behind it, if it takes one. */
  readonly wants?: TextKey
  /** Whether it can do without. */
  readonly isOptional?: boolean
  /** An action of the conversation that must be allowed. */
  readonly needs?: string
  /** Asked before it is done. */
  readonly asks?: TextKey
  /** The message that it stands for. */
  readonly write?: (rest: string) => string
  /** Answers with a sentence where it could not be done. Throws a `ParlanceError`. */
  readonly run?: (context: CommandContext, rest: string) => Promise<string | undefined>
}

const doing =
  (deed: (context: CommandContext, rest: string) => Promise<unknown>): NonNullable<Command['run']> =>
  async (context, rest) => {
    await deed(context, rest)
    return undefined
  }

const COMMANDS: readonly Command[] = [
  {
    name: 'invite',
    explain: 'command.invite',
    wants: 'command.invite.wants',
    needs: 'add',
    run: ({ client, place }, rest) => invite(client, place, rest),
  },
  {
    name: 'topic',
    explain: 'command.topic',
    wants: 'command.topic.wants',
    isOptional: true,
    needs: 'change',
    run: doing(({ place }, topic) => place.change({ topic: topic || null })),
  },
  {
    name: 'rename',
    explain: 'command.rename',
    wants: 'command.rename.wants',
    needs: 'change',
    run: doing(({ place }, name) => place.change({ name })),
  },
  { name: 'mute', explain: 'command.mute', run: doing(({ place }) => place.set({ muted: true })) },
  { name: 'unmute', explain: 'command.unmute', run: doing(({ place }) => place.set({ muted: false })) },
  {
    name: 'leave',
    explain: 'command.leave',
    needs: 'leave',
    asks: 'conversation.leaveQuestion',
    run: doing(async ({ place }) => {
      await place.leave()
      go({ at: 'list' }, { replace: true })
    }),
  },
  {
    name: 'me',
    explain: 'command.me',
    wants: 'command.me.wants',
    needs: 'send',
    write: (rest) => `*${rest.replaceAll('*', '\\*')}*`,
  },
  {
    name: 'shrug',
    explain: 'command.shrug',
    wants: 'command.shrug.wants',
    isOptional: true,
    needs: 'send',
    write: (rest) => `${rest} ¯\\\\\\_(ツ)\\_/¯`.trim(),
  },
]

/** The commands that are possible in a conversation. */
export const commandsFor = ({ can, me }: Pick<Listing, 'can' | 'me'>): readonly Command[] =>
  COMMANDS.filter(
    ({ name, needs }) =>
      (needs === undefined || can.includes(needs)) &&
      // Only the one that changes something is offered.
      name !== (me.muted ? 'mute' : 'unmute'),
  )

type Reading =
  /** A message: with two slashes at its beginning, one of them is its own. */
  | { readonly is: 'message'; readonly body: string }
  | { readonly is: 'command'; readonly command: Command; readonly rest: string }
  | { readonly is: 'refused'; readonly why: string }

/** Reads what was written as a message or as a command. A path such as `/etc/hosts` is a message. */
export function readWritten(text: string, listing: Pick<Listing, 'can' | 'me'>): Reading {
  if (text.startsWith('//')) return { is: 'message', body: text.slice(1) }
  const [, name, rest = ''] = /^\/([a-z]{1,20})(?:\s+([\s\S]*))?$/.exec(text) ?? []
  if (name === undefined) return { is: 'message', body: text }
  const command = commandsFor(listing).find((one) => one.name === name)
  if (!command) {
    const isKnown = COMMANDS.some((one) => one.name === name)
    return { is: 'refused', why: t(isKnown ? 'command.notHere' : 'command.unknown', { name }) }
  }
  if (command.wants && !command.isOptional && rest.trim() === '')
    return { is: 'refused', why: t('command.incomplete', { name, wants: t(command.wants) }) }
  return { is: 'command', command, rest: rest.trim() }
}

/** Finds all of them before anybody is added: a slip in the last name adds nobody. */
async function invite(client: Client, place: ConversationHandle, rest: string): Promise<string | undefined> {
  const names = rest.split(/[\s,]+/u).map((name) => name.replace(/^@/, ''))
  const found = await Promise.all(
    names.map(async (name) => {
      const people = name.length < 2 ? [] : await client.searchPeople(name)
      const wanted = name.toLocaleLowerCase()
      return people.find(({ username }) => username.toLocaleLowerCase() === wanted)
    }),
  )
  const unknown = names.find((_, index) => found[index] === undefined)
  if (unknown !== undefined) return t('command.nobody', { name: unknown })
  for (const person of found) if (person) await place.putMember(person.id)
  return undefined
}
