import { CommandEnd } from '../../../lib/command-end.ts'
import type { FoundAccount } from '../found.ts'
import type { Intake } from '../intake.ts'
import type { Origin } from '../origin.ts'
import { ExportFile } from './export-file.ts'
import { SlackMessages } from './messages.ts'
import { microsOfSeconds, objectOf, textOf, textsOf } from './values.ts'

const LISTS = /^(channels|groups|dms|mpims)\.json$/
const DAYS = /^([^/]+)\/\d{4}-\d\d-\d\d\.json$/
const ACCOUNTS_AT_ONCE = 200

/** Opens an export of Slack. Throws `CommandEnd` for a file that is none. */
export async function slackOrigin(source: string): Promise<Origin> {
  const file = new ExportFile(source)
  let [total, hasUsers, hasLists] = [0, false, false]
  for await (const { name, bytes } of file.entries()) {
    hasUsers ||= name === 'users.json'
    hasLists ||= LISTS.test(name)
    if (name === 'users.json' || LISTS.test(name) || DAYS.test(name)) total += bytes
  }
  if (!hasUsers || !hasLists)
    throw new CommandEnd(
      `${source} is not an export of Slack, which has users.json and channels.json (or groups.json, dms.json, mpims.json) at its top: name the zip file as Slack has made it.`,
    )
  const read: Origin['read'] = async (intake, onRead, signal) => {
    const advance = (document: object) => {
      signal.throwIfAborted()
      onRead(Buffer.byteLength(JSON.stringify(document)))
    }
    const names = await users(file, intake, advance)
    for await (const { found, document } of file.documents(LISTS)) {
      conversation(document, found[1] ?? '', intake)
      advance(document)
    }
    const messages = new SlackMessages(intake, names)
    for await (const { found, document } of file.documents(DAYS)) {
      await messages.take(document, found[1] ?? '', found[0])
      advance(document)
    }
    messages.tellLeftOut()
  }
  return { total, unit: 'bytes', read, close: async () => {} }
}

/** Takes all people, and answers their names by their ids. */
async function users(
  file: ExportFile,
  intake: Intake,
  advance: (document: object) => void,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  let waiting: FoundAccount[] = []
  for await (const { document } of file.documents(/^users\.json$/)) {
    const key = textOf(document, 'id')
    const profile = objectOf(document, 'profile')
    const username = textOf(document, 'name')
    waiting.push({
      ...{ place: `users.json, ${key}`, key, username, email: textOf(profile, 'email') },
      displayName: textOf(profile, 'display_name') || textOf(profile, 'real_name') || null,
      isDisabled: Reflect.get(document, 'deleted') === true || Reflect.get(document, 'is_bot') === true,
    })
    names.set(key, username)
    advance(document)
    if (waiting.length < ACCOUNTS_AT_ONCE) continue
    await intake.accounts(waiting)
    waiting = []
  }
  await intake.accounts(waiting)
  return names
}

/** A public channel is open; a private one and a message to several are groups; a direct message is private. */
function conversation(document: object, list: string, intake: Intake): void {
  const [key, name] = [textOf(document, 'id'), textOf(document, 'name')]
  const place = `${list}.json, ${key}`
  const kind = list === 'channels' ? 'open' : list === 'dms' ? 'private' : 'group'
  const topic = textOf(objectOf(document, 'topic'), 'value') || textOf(objectOf(document, 'purpose'), 'value')
  intake.conversation({
    ...{ place, key, kind, name: list === 'channels' || list === 'groups' ? name : null, topic },
    ...{ creatorKey: textOf(document, 'creator') || null, isListed: list === 'channels' },
    createdAt: microsOfSeconds(Reflect.get(document, 'created')) ?? null,
  })
  // The folder of its messages: its name, or its id where it has none.
  if (!intake.hasConversation(`/folder ${name || key}`)) intake.alias(`/folder ${name || key}`, key)
  for (const accountKey of new Set(textsOf(document, 'members')))
    intake.member({ place, conversationKey: key, accountKey })
}
