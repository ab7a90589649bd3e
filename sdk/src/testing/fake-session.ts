import type { Requests, Resume } from '../protocol.ts'
import type { KnownNews } from '../wire/frames.ts'
import type { FakeConversation } from './fake-conversation.ts'
import type { FakeAccount, FakeServer } from './fake-server.ts'
import type { Line, Peer } from './network.ts'
import { FakeRefusal, problemOf, refuse } from './refusal.ts'

interface FakeSessionParts {
  readonly server: FakeServer
  readonly line: Line
  onEnd(): void
}

type Asked = { [Op in keyof Requests]: Requests[Op]['frame'] }[keyof Requests]

/** One connection to the fake server. */
export class FakeSession implements Peer {
  readonly #parts: FakeSessionParts
  #owner: FakeAccount | undefined

  constructor(parts: FakeSessionParts) {
    this.#parts = parts
  }

  /** Empty before its hello. */
  get accountId(): string {
    return this.#owner?.account.id ?? ''
  }

  say(frame: object): void {
    if (this.#owner) this.#parts.line.say(frame)
  }

  close(code: number, reason: string): void {
    this.#parts.line.close(code, reason)
    this.closed()
  }

  closed(): void {
    this.#owner = undefined
    this.#parts.onEnd()
  }

  hear(text: string): void {
    const frame = JSON.parse(text)
    if (frame.op === 'hello') this.#hello(frame)
    else if (this.#owner) this.#answer(frame)
  }

  tellNews(owner: FakeAccount, news: KnownNews): void {
    if (owner === this.#owner) this.say({ op: 'account', ...news })
  }

  #hello({ token, resume }: { readonly token?: string; readonly resume?: Resume }): void {
    const { server } = this.#parts
    const owner = server.find(token)
    if (!owner) {
      this.close(4001, 'not_authorized')
      return
    }
    this.#owner = owner
    const listings = server.listingsOf(this.accountId)
    const own = listings.map(({ id, lastMessage }) => {
      const keys = lastMessage ? server.conversations.get(id)?.ownOf(this.accountId, lastMessage.seq) : []
      return [id, lastMessage ? { [lastMessage.seq]: keys } : {}]
    })
    const { account, cursor } = owner
    this.say({
      ...{ op: 'ready', epoch: server.epoch, session: 's_1', account, cursor },
      ...{ listings: listings.slice(0, 50), own: Object.fromEntries(own) },
      ...{ next: listings.length > 50 ? '50' : null, heartbeat: 25 },
    })
    if (resume) this.#resume(resume, owner)
    this.say({ op: 'live' })
  }

  #resume(resume: Resume, owner: FakeAccount): void {
    const { server } = this.#parts
    if (resume.epoch !== server.epoch) {
      this.say({ op: 'gap', epoch: server.epoch, cursor: owner.cursor })
    } else {
      for (const [id, change] of Object.entries(resume.conversations)) this.#missed(id, change)
      const rows = [...owner.rows.values()].filter(({ cursor }) => cursor > resume.cursor)
      const items = rows.sort((a, b) => a.cursor - b.cursor).map(({ news }) => news())
      this.say({ op: 'state', cursor: owner.cursor, items, own: {}, done: true })
    }
    this.say({ op: 'resumed' })
  }

  #missed(id: string, change: number): void {
    const { server } = this.#parts
    const conversation = server.conversations.get(id)
    if (!conversation?.members.has(this.accountId)) {
      this.say({ op: 'gone', conversation: id })
      return
    }
    const { lastChange, lastSeq: head } = conversation
    if (lastChange - change > server.maxMissed || change > lastChange) {
      this.say({ op: 'gap', conversation: id, head, lastChange })
      return
    }
    const items = conversation.changesAfter(change)
    const half = Math.ceil(items.length / 2)
    const last = items[half - 1]?.change ?? change
    if (items.length > 1)
      this.say({ op: 'changes', conversation: id, items: items.slice(0, half), upTo: last, done: false })
    const rest = items.length > 1 ? items.slice(half) : items
    this.say({ op: 'changes', conversation: id, items: rest, upTo: lastChange, done: true })
  }

  #answer(frame: Asked): void {
    const { refusal } = this.#parts.server
    try {
      if (refusal !== undefined && frame.op !== 'ping') refuse(refusal)
      const ok = this.#run(frame)
      if (frame.id !== undefined) this.say({ re: frame.id, ok })
    } catch (error) {
      const problem = error instanceof FakeRefusal ? error.problem : problemOf('internal_error')
      if (frame.id !== undefined) this.say({ re: frame.id, error: problem })
    }
  }

  #run(frame: Asked): object {
    switch (frame.op) {
      case 'message.send': {
        const { seq, version } = this.#at(frame.conversation).send(this.accountId, frame)
        return { seq, version }
      }
      case 'message.edit': {
        const { seq, version } = this.#at(frame.conversation).edit(this.accountId, frame.seq, frame.body)
        return { seq, version }
      }
      case 'message.delete':
        this.#at(frame.conversation).delete(this.accountId, frame.seq)
        return {}
      case 'reaction.put':
      case 'reaction.remove': {
        const reaction = { key: frame.key, added: frame.op === 'reaction.put' }
        const { seq, version } = this.#at(frame.conversation).react(this.accountId, frame.seq, reaction)
        return reaction.added ? { seq, version } : {}
      }
      case 'read':
        return this.#read(frame)
      default:
        return {}
    }
  }

  #read({ conversation: id, seq, force = false }: Requests['read']['frame']): object {
    const conversation = this.#at(id)
    const { accountId } = this
    const state = conversation.read(accountId, seq, force)
    const now = () => ({ conversation: id, ...conversation.readState(accountId) })
    if (this.#owner)
      this.#parts.server.touch(this.#owner, `read ${id}`, () => ({
        cursor: 0,
        type: 'read.moved',
        data: now(),
      }))
    return state
  }

  #at(id: string): FakeConversation {
    return this.#parts.server.conversations.get(id) ?? refuse('not_found')
  }
}
