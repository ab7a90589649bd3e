import type { TSchema } from 'typebox'
import { AccountNews, State } from './account-news.ts'
import { Changes, Event } from './events.ts'
import type { FrameKind } from './frame.ts'
import { Hello } from './hello.ts'
import { REQUESTS } from './requests.ts'
import { Answer, Gap, Gone, Goodbye, Live, Presence, Ready, Receipt, Resumed, Typing } from './server.ts'

/** The name that the socket's handshake must offer, and gets back. */
export const SUBPROTOCOL = 'parlance.v1'
export const SOCKET_PATH = '/v1/socket'

const fromServer = (
  op: string,
  schema: TSchema,
  words: Pick<FrameKind, 'summary' | 'description'>,
): FrameKind => ({
  direction: 'server',
  op,
  schema,
  since: 1,
  ...words,
})

/** Every kind of frame, from which the socket's documentation follows. */
export const FRAMES: readonly FrameKind[] = [
  {
    direction: 'client',
    op: 'hello',
    schema: Hello,
    since: 1,
    summary: 'Log in, and say where you left off',
    description:
      'The first frame, within 10 s. With `resume`, what you missed follows `ready`: for each conversation `changes`, `gap` or `gone`, then `state`, then `resumed`.',
  },
  ...Object.values(REQUESTS),
  fromServer('ready', Ready, {
    summary: 'The account and its newest conversations',
    description:
      'The cursor is read before the listings. Further pages of listings, from `next` on, are complete when they are fetched after `live`: they begin with pinned ones that are not listed here, and then list all others, these too; events of the conversations listed here follow from their `lastChange` on.',
  }),
  fromServer('changes', Changes, {
    summary: 'What you missed of a conversation',
    description:
      'Keep `upTo` as your last change. Of one conversation, events come only after `done` or a `gap`. A message is told as it is now. One that was sent and deleted meanwhile is told by its deletion alone, which has the tombstone here.',
  }),
  fromServer('gap', Gap, {
    summary: 'Too much was missed to tell',
    description:
      'With `conversation`: drop or mark what you have of it, and go on from `lastChange`; `head` is the last message. With `account`: fetch your account, contacts and conversations anew, and go on from `cursor`. With `epoch`: the database is another one, so drop all but what you have not sent.',
  }),
  fromServer('gone', Gone, { summary: 'A conversation that you named is not yours any more, or absent' }),
  fromServer('state', State, {
    summary: "What changed of the account's own state while you were away",
    description: 'Each row once, as it is now. Always sent, perhaps empty.',
  }),
  fromServer('resumed', Resumed, { summary: 'All that you missed has been told' }),
  fromServer('live', Live, { summary: 'From here on you hear every conversation of yours' }),
  fromServer('re', Answer, { summary: 'The answer to a request, by its id' }),
  fromServer('event', Event, {
    summary: 'A change of a conversation',
    description: 'In the order of `change`, each once.',
  }),
  fromServer('account', AccountNews, {
    summary: "A change of the account's own state",
    description:
      'Numbers rise, and skip those that later ones have overtaken. Events of a conversation come after the `joined` that shows it, from the `lastChange` of its listing on.',
  }),
  fromServer('typing', Typing, { summary: 'Somebody began or ceased to write; only for what you watch' }),
  fromServer('presence', Presence, { summary: 'An account came online or went; only for what you watch' }),
  fromServer('receipt', Receipt, {
    summary: 'A member has read up to a place; only for what you watch',
    description: 'In conversations of up to 100 members, at most once a second and member.',
  }),
  fromServer('goodbye', Goodbye, {
    summary: 'The server will close this connection: come back',
    description: 'Before it drains: until it closes, everything goes on as before.',
  }),
]
