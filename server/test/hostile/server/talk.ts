import { ask } from './ask.ts'
import { socketIo } from './bare-ws.ts'
import { PASSWORD, Person } from './person.ts'

/** A private conversation of two, by every name it has. */
export interface Talk {
  readonly ann: Person
  readonly bob: Person
  readonly id: number
  readonly gid: string
  /** The conversation's Pusher channel. */
  readonly channel: string
}

export async function openTalk(url: string): Promise<Talk> {
  const [ann, bob] = await Promise.all([Person.register(url, 'ann'), Person.register(url, 'bob')])
  const opened = await ask(url, '/api/request_chat', { from_user: ann.id, to_user: bob.id }, ann.channels)
  const { json } = await ask(url, '/user/chats', undefined, ann.messenger)
  const [chat] = json.chats as { id: number }[]
  const groups = await socketIo(url)
  groups.say(`42${JSON.stringify(['find_user', { username: ann.username, password: PASSWORD }])}`)
  const found = JSON.parse((await groups.heard('user_found')).slice(2))
  groups.end()
  return {
    ann,
    bob,
    id: chat?.id ?? 0,
    gid: found[1].group_list[0],
    channel: String(opened.json.channel_name),
  }
}
