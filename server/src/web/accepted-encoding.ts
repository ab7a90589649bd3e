/** The best first. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Tells whether an Accept-Encoding header takes an encoding (RFC 9110, 12.5.3); what is not compressed always passes. */
export function isAccepted(header: string | readonly string[] | undefined): (encoding: Encoding) => boolean {
  const taken = new Set(
    String(header ?? '')
      .split(',')
      .map((part) => part.trim().split(';'))
      .filter(([, weight]) => !/^\s*q=0(?:\.0*)?\s*$/.test(weight ?? ''))
      .map(([name]) => name?.trim().toLowerCase()),
  )
  return (encoding) => encoding === 'identity' || taken.has(encoding)
}
