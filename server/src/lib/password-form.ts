/** One mark more in a row than stream-safe text may have (UAX #15): sorting a run costs its length squared. */
const LONG_RUN_OF_MARKS = /\p{M}{31}/u

/**
 * The form in which a password is hashed and compared, RFC 8265's OpaqueString. Every space of Unicode becomes the
 * ASCII one, characters are composed (NFC), case stays. Nothing is refused, although the RFC refuses control and
 * invisible characters: the servers whose clients we serve took any password. Text that is not stream-safe stays as
 * it is.
 */
const opaqueString = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC')

/**
 * All texts from which a stored hash of this password may have been made: first the one for new hashes, then those
 * for older hashes, which took the text as it was typed. Most passwords have one text, and none more than three. The
 * password alone decides how many, so that the time to try them says nothing of the account.
 */
export function passwordForms(password: string): readonly [string, ...string[]] {
  if (LONG_RUN_OF_MARKS.test(password)) return [password]
  const form = opaqueString(password)
  return [form, ...new Set([password, form.normalize('NFD')].filter((older) => older !== form))]
}
