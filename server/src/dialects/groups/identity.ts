import { type Account, type Chat, ChatError } from '../../core/chat.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit, signIn } from '../allowance.ts'
import { Refused, userNotAuthorized } from './errors.ts'
import { MAX_USERNAME_LENGTH, requireNewName } from './wire.ts'

/** What a request offers to show that it comes from the name's owner. */
export interface Proof {
  readonly password: string | undefined
  /** A session of the native dialect. */
  readonly token: string | undefined
}

/** Who may speak under which name: anyone as a guest, as others only who proves it. */
export class Identity {
  readonly #chat: Chat
  readonly #limits: Limits
  readonly #guestsAllowed: boolean

  constructor({ chat, limits, guestsAllowed }: { chat: Chat; limits: Limits; guestsAllowed: boolean }) {
    this.#chat = chat
    this.#limits = limits
    this.#guestsAllowed = guestsAllowed
  }

  /** Undefined for an unknown name. Refuses a known one that is not proved to be the asker's. */
  async prove(username: string, proof: Proof, address: string): Promise<Account | undefined> {
    const account = await this.#chat.accounts.findByUsername(username)
    if (!account) return undefined
    if (account.isGuest) this.#requireGuestsAllowed()
    else if (!(await this.#isProved(account, proof, address))) throw passwordRequired()
    return account
  }

  /** Makes a guest. Undefined when somebody has just taken the name. */
  async admit(username: string, address: string): Promise<Account | undefined> {
    this.#requireGuestsAllowed()
    requireNewName('username', username, MAX_USERNAME_LENGTH)
    requireWithinLimit(this.#limits.take('register', address))
    try {
      return await this.#chat.accounts.admitGuest(username)
    } catch (error) {
      if (error instanceof ChatError && error.code === 'name_taken') return undefined
      throw error
    }
  }

  async #isProved(account: Account, { password, token }: Proof, address: string): Promise<boolean> {
    if (password === undefined && token === undefined) return false
    requireWithinLimit(this.#limits.take('login', address))
    if (token !== undefined) {
      const bearer = await this.#chat.sessions.authenticate(token, 'native')
      if (bearer?.accountId === account.accountId) return true
    }
    return password !== undefined && this.#isPassword(account, password)
  }

  async #isPassword({ username }: Account, password: string): Promise<boolean> {
    try {
      await signIn(this.#chat, this.#limits, { login: username, password, by: 'username' })
      return true
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'wrong_credentials') throw error
      return false
    }
  }

  #requireGuestsAllowed(): void {
    if (!this.#guestsAllowed) throw new Refused(userNotAuthorized('Guests are turned off.'))
  }
}

export const passwordRequired = (): Refused => new Refused(userNotAuthorized('Password required.'))
