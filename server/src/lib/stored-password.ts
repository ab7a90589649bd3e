import { createHash } from 'node:crypto'
import { type InnerHash, readInner, writeInner } from './inner-hash.ts'
import { passwordForms } from './password-form.ts'

/**
 * The stored form of a password: a verifier of it, a verifier of its MD5, or both, each an argon2id hash in PHC form.
 * The second is made from the 32 hex digits that some clients send, the MD5 of the typed password. A password that was
 * taken over from another server has one verifier alone, of the hash that the other server had of it, until its account
 * logs in.
 */
interface StoredPassword {
  readonly plain?: string
  readonly md5?: string
  readonly wrapped?: WrappedVerifier
}

/** A verifier of the hash that another server had of a password, and how that was made. */
interface WrappedVerifier {
  readonly inner: InnerHash
  readonly verifier: string
}

/** The name that tells the verifier of a password's MD5 from that of the password itself. */
const MD5_OF = '$argon2id-md5'
/** The name of a wrapped verifier; how the inner hash was made follows. */
const WRAPPED = '$argon2id-of$'
const PLAIN = '$argon2id'

/** Writes the verifiers as one text, with a space between them. */
export function writeStored({ plain, md5 }: StoredPassword): string {
  const renamed = md5 && `${MD5_OF}${md5.slice(PLAIN.length)}`
  return [plain, renamed].filter((verifier) => verifier !== undefined).join(' ')
}

/** Writes the verifier of another server's hash. */
export const writeWrapped = ({ inner, verifier }: WrappedVerifier): string =>
  `${WRAPPED}${writeInner(inner)}${verifier.slice(PLAIN.length)}`

function readWrapped(stored: string): WrappedVerifier | undefined {
  const end = stored.indexOf('$', WRAPPED.length)
  const inner = readInner(stored.slice(WRAPPED.length, end))
  return inner && { inner, verifier: `${PLAIN}${stored.slice(end)}` }
}

export function readStored(stored: string | undefined): StoredPassword {
  if (stored?.startsWith(WRAPPED)) {
    const wrapped = readWrapped(stored)
    return wrapped ? { wrapped } : {}
  }
  const verifiers = stored?.split(' ') ?? []
  const plain = verifiers.find((verifier) => verifier.startsWith(`${PLAIN}$`))
  const renamed = verifiers.find((verifier) => verifier.startsWith(`${MD5_OF}$`))
  return { ...(plain && { plain }), ...(renamed && { md5: `${PLAIN}${renamed.slice(MD5_OF.length)}` }) }
}

/** Whether a text may be the MD5 of a password. It may also be a password that looks like one: nothing tells which. */
export const looksLikeMd5 = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text)

/** The MD5 of a password as clients send it, in small letters. */
export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex')

/** A text to try on a verifier. A missing verifier is tried all the same: the time must say nothing of the account. */
export interface Trial {
  readonly verifier: string | undefined
  readonly text: string
  /** How the verifier's own text is made of this one. */
  readonly inner?: InnerHash
}

/**
 * The trials for the text that is given as a password. The text alone decides how many there are, mostly one.
 * `isFromMd5Client`: the text may be the MD5 of the password, where one was stored beside the password.
 */
export function trialsOf(
  given: string,
  { plain, md5, wrapped }: StoredPassword,
  isFromMd5Client: boolean,
): readonly [Trial, ...Trial[]] {
  if (wrapped) return trialsOfWrapped(given, wrapped)
  if (looksLikeMd5(given)) {
    const digest = given.toLowerCase()
    const asPlain = { verifier: plain, text: given }
    // Try the MD5 first: such a client mostly sends one, and a first trial that fits spares the other.
    if (plain && isFromMd5Client) return [{ verifier: md5, text: digest }, asPlain]
    if (plain) return [asPlain, { verifier: undefined, text: digest }]
    // The text registered looked like an MD5: it may be the given text itself, or the MD5 of the given text.
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

/** As many as of any other stored password. */
function trialsOfWrapped(given: string, wrapped: WrappedVerifier): readonly [Trial, ...Trial[]] {
  if (looksLikeMd5(given))
    return [
      { ...wrapped, text: given },
      { verifier: undefined, text: given },
    ]
  const [form, ...older] = passwordForms(given)
  return [{ ...wrapped, text: form }, ...older.map((text) => ({ ...wrapped, text }))]
}
