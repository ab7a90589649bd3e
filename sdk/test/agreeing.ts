import assert from 'node:assert/strict'
import { until } from '../../server/test/support/until.ts'
import type { Client, ConversationHandle, Message, TimelineItem } from '../src/index.ts'
import { getConversation, listMessages } from '../src/rest/operations.ts'

/** Every message as the server has it. */
async function logOf(client: Client, c: string): Promise<readonly Message[]> {
  const { items } = await client.rest.call(listMessages, { params: { c }, query: { limit: 200 } })
  return items
}

const shown = (items: readonly TimelineItem[]): readonly unknown[] =>
  items.map((item) => {
    if (item.kind === 'message') return item.message
    return item.kind === 'deleted' ? [item.seq, item.deletedAt] : item
  })

const told = (messages: readonly Message[]): readonly unknown[] =>
  messages.map((message) => (message.deletedAt ? [message.seq, message.deletedAt] : message))

/** Loads what is missing between two messages, as an application does that shows the place. */
async function fillHoles({ timeline }: ConversationHandle): Promise<void> {
  for (const item of timeline.get().items) if (item.kind === 'hole') await item.fill()
}

/** Waits until the client shows what the server has, and says what it shows instead. */
export async function agreed(client: Client, place: ConversationHandle): Promise<void> {
  const isSame = async () => {
    await fillHoles(place)
    const log = await logOf(client, place.id)
    const listing = await client.rest.call(getConversation, { params: { c: place.id } })
    try {
      assert.deepEqual(client.outbox.list.get(), [])
      assert.deepEqual(shown(place.timeline.get().items), told(log))
      assert.deepEqual(place.listing.get(), listing)
      return { isRight: true }
    } catch (error) {
      return { isRight: false, error }
    }
  }
  let last: Awaited<ReturnType<typeof isSame>> | undefined
  await until(
    'the timeline to be the log',
    async () => {
      last = await isSame()
      return last.isRight
    },
    20_000,
  ).catch(() => {
    throw last?.error
  })
}

/** Does something in the conversation that a person may do. */
export function act(place: ConversationHandle, random: () => number): void {
  const lastSeq = place.listing.get()?.lastSeq ?? 0
  const seq = 1 + Math.floor(random() * lastSeq)
  const deed = Math.floor(random() * 10)
  if (deed <= 3 || lastSeq === 0) place.send(`text ${random()}`)
  else if (deed === 4) place.edit(seq, `edited ${random()}`)
  else if (deed === 5) place.delete(seq)
  else if (deed === 6) place.react(seq, '👍')
  else if (deed === 7) place.unreact(seq, '👍')
  else if (deed === 8) place.markRead()
  else place.send('reply', { thread: seq })
}

/** Waits until nothing is left to send. A refused entry is let go: others' messages and deleted ones cannot be changed. */
export async function emptied({ outbox }: Client): Promise<void> {
  await until('the outbox to be empty', () => {
    const entry = outbox.list.get().find(({ state }) => state === 'failed')
    if (entry) outbox.discard(entry.clientId)
    return outbox.list.get().length === 0
  })
}
