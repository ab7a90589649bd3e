import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { ask } from './ask.ts'
import { BareWs, nativeWs } from './bare-ws.ts'

export const PASSWORD = 'correct horse'

/** One person with the credentials of every dialect. */
export class Person {
  /** Where the server is: after a restart, elsewhere. */
  url: string
  readonly username: string
  id = 0
  /** The secret of a rooms login. */
  uuid = ''
  /** The session cookie of chatapp. */
  cookie = ''
  /** The Authorization headers of messenger and of channels. */
  messenger = { authorization: '' }
  channels = { authorization: '' }
  /** The token of a native session. */
  native = ''

  private constructor(url: string, username: string) {
    this.url = url
    this.username = username
  }

  static async register(url: string, hint: string): Promise<Person> {
    const person = new Person(url, `${hint}-${randomBytes(5).toString('hex')}`)
    const { username } = person
    const account = { username, email: `${username}@example.org`, password: PASSWORD }
    assert.equal((await ask(url, '/register', account)).status, 200)
    await person.logIn()
    return person
  }

  async logIn(): Promise<void> {
    const { url, username } = this
    const credentials = { username, password: PASSWORD }
    const [rooms, chatapp, messenger, channels, native] = await Promise.all([
      ask(url, '/login', { login: username, password: PASSWORD }),
      ask(url, '/auth/login', credentials),
      ask(url, '/login', { usernameOrEmail: username, password: PASSWORD }),
      ask(url, '/api/login', credentials),
      ask(url, '/v1/sessions', { login: username, password: PASSWORD }),
    ])
    this.uuid = (rooms.json.data as { uuid: string }).uuid
    this.cookie = chatapp.headers.get('set-cookie')?.split(';')[0] ?? ''
    this.messenger = { authorization: `Bearer ${messenger.json.access_token}` }
    const { id, token } = channels.json.data as { id: number; token: string }
    this.id = id
    this.channels = { authorization: `Bearer ${token}` }
    this.native = (native.json.session as { token: string }).token
  }

  /** A chatapp WebSocket of this person. */
  async chatapp(): Promise<BareWs> {
    const ws = await new BareWs(this.url, '/ws', { Cookie: this.cookie }).opened()
    await ws.say('{"type":"ping"}').heard('"pong"')
    return ws
  }

  /** A native WebSocket of this person that hears everything. */
  async nativeSocket(): Promise<BareWs> {
    const ws = await nativeWs(this.url)
    await ws.say(JSON.stringify({ op: 'hello', token: this.native })).heard('"live"')
    return ws
  }
}
