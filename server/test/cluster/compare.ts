/** The texts that one client was shown of a conversation, in order. */
export interface Reading {
  /** The reader and the transport, for complaints. */
  readonly label: string
  readonly texts: readonly string[]
  readonly begins: 'at the first message' | 'anywhere'
  readonly ends: 'at the last message' | 'anywhere'
}

/** How it differs from the log, in words; empty when it is an unbroken part of it that begins and ends as it must. */
export function complaintsAbout(
  { label, texts, begins, ends }: Reading,
  log: readonly string[],
): readonly string[] {
  const placeOf = new Map(log.map((text, place) => [text, place]))
  const known = texts.filter((text) => placeOf.has(text))
  const places = known.flatMap((text) => placeOf.get(text) ?? [])
  const shown = new Set(places)
  const from = begins === 'anywhere' ? Math.min(...places) : 0
  const to = ends === 'anywhere' ? Math.max(...places) : log.length - 1
  const complaints = {
    'shows what is not in the log': texts.filter((text) => !placeOf.has(text)),
    'has lost': log.filter((_, place) => place >= from && place <= to && !shown.has(place)),
    'has doubled': doublesIn(texts),
    'has out of order': known.filter((_, at) => (places[at] ?? Infinity) < (places[at - 1] ?? -Infinity)),
    'has nothing of a conversation that is not empty': log.length > 0 && places.length === 0 ? log : [],
  }
  return sentences(label, complaints)
}

interface Log {
  readonly label: string
  readonly entries: readonly { readonly seq: number; readonly text: string }[]
}

interface Said {
  /** A server has answered that it was taken. */
  readonly acknowledged: readonly string[]
  /** Sent without a good answer: it may be there, once. */
  readonly uncertain: readonly string[]
}

/** Faults of the log, in words: lost, doubled or misplaced messages, and messages that nobody sent. */
export function complaintsAboutLog(
  { label, entries }: Log,
  { acknowledged, uncertain }: Said,
): readonly string[] {
  const texts = entries.map(({ text }) => text)
  const [stored, said] = [new Set(texts), new Set([...acknowledged, ...uncertain])]
  const complaints = {
    'has lost of what was acknowledged': acknowledged.filter((text) => !stored.has(text)),
    'has doubled': doublesIn(texts),
    'has what nobody said': texts.filter((text) => !said.has(text)),
    'has misnumbered': entries.filter(({ seq }, at) => seq !== at + 1).map(({ text }) => text),
  }
  return sentences(label, complaints)
}

function doublesIn(texts: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return texts.filter((text) => seen.size === seen.add(text).size)
}

const EXAMPLES = 3

const sentences = (label: string, complaints: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(complaints)
    .filter(([, texts]) => texts.length > 0)
    .map(
      ([what, texts]) => `${label} ${what}: ${texts.length}, such as ${texts.slice(0, EXAMPLES).join(' · ')}`,
    )
