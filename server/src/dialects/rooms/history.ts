import type { Chat, ConversationId, SignedMessage } from '../../core/chat.ts'

interface HistoryRange {
  readonly conversationId: ConversationId
  /** Only ids below; Infinity for the newest. */
  readonly before: number
  /** How many at most; Infinity for all. */
  readonly limit: number
}

type Messages = Pick<Chat['messages'], 'list'>
type Page = readonly SignedMessage[]

// Of 8 KiB at most each: what one slow reader keeps in memory stays about 2 MB.
const PAGE = 250

/** The newest messages of a range, oldest first, a page at a time however many they are. */
export async function* readHistory(messages: Messages, range: HistoryRange): AsyncGenerator<Page> {
  const { conversationId } = range
  const [newest] = await messages.list(pageOf(range, { limit: 1 }))
  if (!newest) return
  // Fixed here: what is sent while the history is read does not make it longer.
  const before = newest.messageId + 1
  let page = await oldestPage(messages, { ...range, before })
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield page
    page = await messages.list({ conversationId, before, after: last.messageId, limit: PAGE })
  }
}

async function oldestPage(messages: Messages, range: HistoryRange): Promise<Page> {
  if (range.limit === Infinity) return messages.list(pageOf(range, { after: 0, limit: PAGE }))
  let page: Page = []
  let { before, limit: left } = range
  // Back to where the range begins. The pages on the way are read again when their turn comes.
  while (left > 0) {
    const wanted = Math.min(PAGE, left)
    const older = await messages.list(pageOf({ ...range, before }, { limit: wanted }))
    const [oldest] = older
    if (!oldest) break
    page = older
    if (older.length < wanted) break
    before = oldest.messageId
    left -= wanted
  }
  return page
}

const pageOf = ({ conversationId, before }: HistoryRange, page: { after?: number; limit: number }) => ({
  conversationId,
  ...(before !== Infinity && { before }),
  ...page,
})
