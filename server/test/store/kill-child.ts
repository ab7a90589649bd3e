import { flushCompileCache } from 'node:module'
import type { Account, Conversation } from '../../src/core/types.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { present, series, World } from './world.ts'

// A server under load that tells what was acknowledged, a line each, until it is killed: see kill.test.ts.

const [file = '', cycle = ''] = process.argv.slice(2)
const SENDERS = 16
const CONVERSATIONS = 5

const tell = (fact: Readonly<Record<string, unknown>>): boolean =>
  process.stdout.write(`${JSON.stringify(fact)}\n`)

async function sendWithoutEnd(sender: Account, conversations: readonly Conversation[]): Promise<void> {
  for (let n = 0; ; n++) {
    const conversation = present(conversations[n % conversations.length])
    const body = `${sender.username} ${n} ${'🦊'.repeat(n % 50)}`
    const { message, change } = await world.send(conversation, sender, body, { clientId: `${n}` })
    tell({ type: 'sent', change, ...message })
    if (n % 10 !== 9) continue
    const deleted = await world.delete(message.messageId, sender)
    tell({ type: 'deleted', messageId: message.messageId, change: deleted.change })
  }
}

/** Keeps the newest messages alone. */
async function purgeWithoutEnd({ conversationId }: Conversation): Promise<void> {
  for (;;) {
    const { lastSeq, firstSeq } = present(await world.store.conversations.find(conversationId))
    const limit = Math.max(0, Math.min(50, lastSeq - firstSeq - 100))
    const purge = { conversationId, before: Number.MAX_SAFE_INTEGER, limit, at: world.now() }
    const purged = await world.store.retention.purge(purge)
    if (purged) tell({ type: 'purged', conversationId, upToSeq: purged.upToSeq })
    // A write of its own is the pause.
    else await world.store.ping()
  }
}

const world = new World(await openSqliteStore({ file }))
// The next child loads the same, and this one will have no time for it at its end.
flushCompileCache()
const senders = await Promise.all(series(SENDERS).map((n) => world.account(`sender ${cycle}.${n}`)))
const [first, ...others] = senders
const conversations = await Promise.all(
  series(CONVERSATIONS).map(() => world.group(present(first), ...others)),
)
await Promise.all([
  ...senders.map((sender) => sendWithoutEnd(sender, conversations)),
  ...conversations.map(purgeWithoutEnd),
])
