import { readFileSync } from 'node:fs'
import { CommandEnd } from '../lib/command-end.ts'

const STDIN = 0
/** Bytes of a password at most: more than any dialect takes. */
const MAX_PASSWORD_BYTES = 8_192

/** The password on the first line, without the mark that Windows puts before UTF-8. */
export function readPassword(file: string): string {
  const text = decoded(readBytes(file), file)
  const [password = ''] = text.split(/\r?\n/, 1)
  if (password === '')
    throw new CommandEnd(`The first line of ${nameOf(file)} is empty: write the password there.`)
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES || password.includes('\0'))
    throw new CommandEnd(
      `The first line of ${nameOf(file)} is no password: write at most 2,047 characters there.`,
    )
  return password
}

/** Refuses bytes that are not UTF-8: nobody could type the characters that would replace them. */
function decoded(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new CommandEnd(`${nameOf(file)} is not UTF-8: write the password in that.`, { cause: error })
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? STDIN : file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandEnd(`The password cannot be read from ${nameOf(file)} (${reason}).`, { cause: error })
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : file)
