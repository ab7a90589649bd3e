/** The result of an examination. */
export interface Finding {
  /** A warning is what will hurt one day; with a fault the server does not start, or loses what it was given. */
  readonly level: 'ok' | 'warning' | 'fault'
  /** The thing that was looked at. */
  readonly subject: string
  /** One sentence. */
  readonly found: string
  /** The way to mend it; null where nothing is to be done. */
  readonly remedy: string | null
}

export const ok = (subject: string, found: string): Finding => ({ level: 'ok', subject, found, remedy: null })

export const warning = (subject: string, found: string, remedy: string): Finding => ({
  ...{ level: 'warning', subject, found, remedy },
})

export const fault = (subject: string, found: string, remedy: string): Finding => ({
  ...{ level: 'fault', subject, found, remedy },
})

/** The finding, or that the examination itself could not be made. */
export async function examined(
  subject: string,
  examine: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await examine()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [fault(subject, why, 'Correct what the sentence says, then ask again.')]
  }
}
