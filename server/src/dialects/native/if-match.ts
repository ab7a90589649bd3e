import { Refusal } from './refusal.ts'

/** The version that an If-Match names; undefined without the header. */
export function versionIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const version = /^"(\d{1,15})"$/.exec(header.trim())?.[1]
  if (version !== undefined) return Number(version)
  throw new Refusal('invalid_request', {
    detail: 'If-Match must be a message\'s version in quotes, such as "5121".',
  })
}
