import type { LongAnswers } from '../../answers/index.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Chat } from '../../core/chat.ts'
import type { Feeds } from '../../delivery/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { Deadlines } from '../../lib/deadlines.ts'
import type { Tally } from '../../lib/tally.ts'
import type { Logger } from '../../observe/index.ts'
import type { PusherPublisher, PusherServer } from '../../pusher/index.ts'
import type { AddressOf, Limits } from '../../transport/index.ts'
import type { Dialect } from '../dialect.ts'
import { BearerTokens } from './bearer.ts'
import { BuiltInDelivery } from './built-in.ts'
import { ChatChannels } from './chat-channels.ts'
import { HostedDelivery } from './hosted.ts'
import { createHttp } from './http.ts'
import { Requests } from './requests.ts'

export { openPusher } from './open-pusher.ts'

import type { FileLines } from '../file-lines.ts'

interface ChannelsDeps {
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly lines: FileLines
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly tally: Tally
  readonly tokenKey: string
  readonly clock: Clock
  readonly tokenTtlSeconds: number
  /** Whether a Pusher connection ends with the last token that had a subscription of it signed. */
  readonly endsWithToken: boolean
  /** Messages that a history has at most. */
  readonly historyLimit: number
  /** Presence channels that every account may enter; `*` stands for any characters. */
  readonly presenceNames: readonly string[]
  readonly pusher:
    | { readonly mode: 'built-in'; readonly server: PusherServer }
    | { readonly mode: 'hosted'; readonly publisher: PusherPublisher }
}

/** The dialect's own paths, and those of the Pusher server. */
const OWN_PATHS = ['/api/', '/app/', '/apps/']

/** REST with bearer tokens; events through Pusher's protocol. */
export function mountChannels(deps: ChannelsDeps): Dialect<'channels'> {
  const { chat, bus, feeds, lines, answers, limits, addressOf, log, tally, pusher } = deps
  const { tokenKey: key, tokenTtlSeconds: ttlSeconds, historyLimit, presenceNames, clock } = deps
  const maxMessageBytes = chat.messages.maxBytes
  const tokens = new BearerTokens({ key, ttlSeconds, chat, clock })
  const channels = new ChatChannels(chat.conversations)
  const server = pusher.mode === 'built-in' ? pusher.server : undefined
  const deadlines = deps.endsWithToken ? new Deadlines(clock) : undefined
  const delivery =
    pusher.mode === 'built-in'
      ? new BuiltInDelivery({
          server: pusher.server,
          lines,
          chat,
          bus,
          feeds,
          channels,
          log,
          tally,
          deadlines,
        })
      : new HostedDelivery({ publisher: pusher.publisher, lines, chat, channels, log })
  const requests = new Requests({
    chat,
    lines,
    answers,
    limits,
    tokens,
    channels,
    delivery,
    historyLimit,
    presenceNames,
  })
  return {
    name: 'channels',
    http: createHttp({ requests, limits, addressOf, log, maxMessageBytes, pusher: server?.http }),
    paths: OWN_PATHS,
    upgrade: (path) => server?.upgrade(path),
    countConnections: () => delivery.countConnections(),
    close: () => delivery.close(),
  }
}
