import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'

// Without l I 1 0 O, which people confuse when they read a room's name to each other.
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const GID_LENGTH = 8

/** A conversation's public name and capability: 8 characters of 57, about 47 bits, from the system's CSPRNG. */
export const newGid = (): string => readable(GID_LENGTH)

/** Could it be one, whoever has made it? */
export const isGid = (text: string): boolean => /^[a-zA-Z0-9]{8}$/.test(text)

/** A password for a person to type: four groups of five characters of 57, about 116 bits. */
export const newPassword = (): string => Array.from({ length: 4 }, () => readable(5)).join('-')

function readable(length: number): string {
  let text = ''
  while (text.length < length) text += ALPHABET[randomInt(ALPHABET.length)]
  return text
}

export const newUuid = (): string => randomUUID()

/** 128 random bits in uuid form, all of them random: a credential, unlike a version 4 uuid (122 bits). */
export function newSecretUuid(): string {
  const hex = randomBytes(16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** 128 random bits, base64url: for people to send to each other. */
export const newInviteCode = (): string => randomBytes(16).toString('base64url')

/** The token of a session that programs and people hold: 256 random bits, base64url, with a beginning that scanners know. */
export const newSessionToken = (): string => `plt_${newSecret()}`

/**
 * 96 random bits, base64url: too many for two to be the same, too few for a secret. None begins with a hyphen, which a
 * command line takes for an option's.
 */
export function newPublicId(): string {
  const id = randomBytes(12).toString('base64url')
  return id.startsWith('-') ? newPublicId() : id
}

/** 256 random bits, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** The stored form of a random credential, which has full entropy: a plain digest is enough. */
export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
