import { type Runtime, systemRuntime } from './lib/runtime.ts'
import type { Operations, SignedIn } from './protocol.ts'
import { createAccount, createSession } from './rest/operations.ts'
import { Rest } from './rest/rest.ts'

const restOf = (url: string, runtime: Pick<Runtime, 'fetch'>) =>
  new Rest({ url: url.replace(/\/$/, ''), runtime, token: () => undefined })

/** Logs in: the account, and the session with its token. Throws a `ParlanceError`, such as `wrong_credentials`. */
export const signIn = (
  url: string,
  body: Operations['createSession']['body'],
  runtime: Pick<Runtime, 'fetch'> = systemRuntime,
): Promise<SignedIn> => restOf(url, runtime).call(createSession, { body })

/** Makes an account, and logs it in. Throws a `ParlanceError`, such as `name_taken`. */
export const register = (
  url: string,
  body: Operations['createAccount']['body'],
  runtime: Pick<Runtime, 'fetch'> = systemRuntime,
): Promise<SignedIn> => restOf(url, runtime).call(createAccount, { body })
