import { type Account, type Chat, ChatError } from '../../core/chat.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { signIn } from '../sign-in.ts'
import { Refusal, userNotAuthorized } from './errors.ts'
import { MAX_USERNAME_LENGTH, requireNewName } from './fields.ts'

/** Decides who may speak under a name: anyone under a guest's, others only with a proof. */
export class Identity {
  readonly #chat: Chat
  readonly #limits: Limits
  readonly #guestsAllowed: boolean

  constructor({ chat, limits, guestsAllowed }: { chat: Chat; limits: Limits; guestsAllowed: boolean }) {
    this.#chat = chat
    this.#limits = limits
    this.#guestsAllowed = guestsAllowed
  }

  /** Undefined for an unknown name. Refuses one that has a password unless that is it. */
  async prove(username: string, password: string | undefined, address: string): Promise<Account | undefined> {
    const account = await this.#chat.accounts.findByUsername(username)
    if (!account) return undefined
    if (account.isGuest) this.#requireGuestsAllowed()
    else if (!(await this.#isPassword(account, password, address))) throw passwordRequired()
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

  async #isPassword({ username }: Account, password: string | undefined, address: string): Promise<boolean> {
    if (password === undefined) return false
    requireWithinLimit(this.#limits.take('login', address))
    try {
      await signIn(this.#chat, this.#limits, { login: username, password, by: 'username', from: address })
      return true
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'wrong_credentials') throw error
      return false
    }
  }

  #requireGuestsAllowed(): void {
    if (!this.#guestsAllowed) throw new Refusal(userNotAuthorized('Guests are turned off.'))
  }
}

export const passwordRequired = (): Refusal => new Refusal(userNotAuthorized('Password required.'))
