import { ask, TokenApi } from '../json-api.ts'
import { type OpenPane, persist, Refusal, type Said } from '../pane-client.ts'
import { recordedFetch } from '../recorded.ts'

interface Page {
  readonly authors: readonly { readonly id: number; readonly username: string }[]
  readonly messages: readonly {
    readonly id: number
    readonly contents: string
    readonly author_id: number
    readonly created_at: string
  }[]
}

/** The protocol has no live events: its clients ask again and again, here each second. */
export const openMessenger: OpenPane = async ({ person, log, heard, live }, { id: chat }) => {
  const fetch = recordedFetch(log)
  const api = new TokenApi({
    fetch,
    logIn: async () => {
      const json = { usernameOrEmail: person.username, password: person.password }
      const { status, body, text } = await ask(fetch, '/login', { json })
      if (status !== 200) throw new Refusal(text)
      return (body as { access_token: string }).access_token
    },
  })
  let cursor = 0
  let isClosed = false
  const saidOf = ({ authors, messages }: Page): readonly Said[] =>
    messages.map(({ id, contents, author_id, created_at }) => {
      const author = authors.find((one) => one.id === author_id)?.username
      return {
        id,
        text: contents,
        sender: author ?? String(author_id),
        words: `id ${id} · ${created_at}`,
        isOwn: author === person.username,
      }
    })
  const poll = async () => {
    try {
      const page = await api.ok<Page>(`/chat/${chat}/messages?cursor=${cursor}`)
      if (isClosed) return
      cursor = page.messages.at(-1)?.id ?? cursor
      live(true)
      heard(saidOf(page))
    } catch (error) {
      live(false)
      throw error
    }
    polling.again()
  }
  const polling = persist(poll)
  return {
    async say(contents) {
      await api.ok(`/chat/${chat}/message`, { contents })
    },
    close() {
      isClosed = true
      polling.stop()
    },
  }
}
