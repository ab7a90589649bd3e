import { countsIn } from '../../load/body.ts'
import { openWs } from '../../load/ws-client.ts'
import type { PageReader } from '../../target.ts'
import type { Parlance } from './server.ts'

/** Reads pages over the chatapp WebSocket. In a database with one conversation, places are message ids. */
export async function openReader(
  parlance: Parlance,
  conversation: number,
  member: number,
): Promise<PageReader> {
  const { conversationId, people } = parlance.conversations[conversation] ?? {}
  const person = people?.[member]
  if (conversationId === undefined || !person) throw new Error('no such place')
  let onPage = (_text: string): void => {}
  const ws = await openWs({
    port: parlance.port,
    path: '/ws',
    headers: { Cookie: `login-token=${parlance.token('chatapp', person)}` },
    onText: (bytes, start, end) => {
      if (bytes.indexOf('"get_messages"', start) >= 0) onPage(bytes.toString('latin1', start, end))
    },
  })
  return {
    page: (before) =>
      new Promise((resolve) => {
        onPage = (text) => resolve(() => countsIn(text))
        const request = { type: 'get_messages', conversation_id: conversationId, before }
        ws.send(JSON.stringify(request))
      }),
    close: () => ws.close(),
  }
}
