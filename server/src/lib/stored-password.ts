import { createHash } from 'node:crypto'
import { passwordForms } from './password-form.ts'

/**
 * What is stored of a password: a verifier of it, a verifier of its MD5, or both, each an argon2id hash in PHC form.
 * The second is of the 32 hex digits that clients send which take the MD5 of what is typed.
 */
export interface StoredPassword {
  readonly plain?: string
  readonly md5?: string
}

/** The name that tells the verifier of a password's MD5 from that of the password itself. */
const MD5_OF = '$argon2id-md5'
const PLAIN = '$argon2id'

/** Both in one text, a space between. */
export function writeStored({ plain, md5 }: StoredPassword): string {
  const renamed = md5 && `${MD5_OF}${md5.slice(PLAIN.length)}`
  return [plain, renamed].filter((verifier) => verifier !== undefined).join(' ')
}

export function readStored(stored: string | undefined): StoredPassword {
  const verifiers = stored?.split(' ') ?? []
  const plain = verifiers.find((verifier) => verifier.startsWith(`${PLAIN}$`))
  const renamed = verifiers.find((verifier) => verifier.startsWith(`${MD5_OF}$`))
  return { ...(plain && { plain }), ...(renamed && { md5: `${PLAIN}${renamed.slice(MD5_OF.length)}` }) }
}

/** Whether it may be the MD5 of a password, or is a password that looks like one: nothing tells them apart. */
export const looksLikeMd5 = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text)

/** As clients write it whose password it is. */
export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex')

/** One verifier to try, of one text; none is tried all the same, so that the time says nothing of the account. */
export interface Trial {
  readonly verifier: string | undefined
  readonly text: string
}

/**
 * What is to be tried when somebody gives this for a password. How many they are is decided by what is given alone:
 * mostly one. `isFromMd5Client`: it may be the MD5 of the password where one was stored beside the password.
 */
export function trialsOf(
  given: string,
  { plain, md5 }: StoredPassword,
  isFromMd5Client: boolean,
): readonly [Trial, ...Trial[]] {
  if (looksLikeMd5(given)) {
    const digest = given.toLowerCase()
    const asPlain = { verifier: plain, text: given }
    // What such a client sends is mostly an MD5, and who is proved by the first trial waits for no other.
    if (plain && isFromMd5Client) return [{ verifier: md5, text: digest }, asPlain]
    if (plain) return [asPlain, { verifier: undefined, text: digest }]
    // Registered with what looks like an MD5: that may be the password itself, or the MD5 of this.
    return [
      { verifier: md5, text: digest },
      { verifier: md5, text: md5Of(given) },
    ]
  }
  const [form, ...older] = passwordForms(given)
  const trial = (text: string): Trial =>
    plain ? { verifier: plain, text } : { verifier: md5, text: md5Of(text) }
  return [trial(form), ...older.map(trial)]
}
