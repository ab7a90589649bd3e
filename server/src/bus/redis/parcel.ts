/**
 * What travels through Redis: who sends, and the news of one topic in one turn of its event loop. Without
 * news it says that some may have been missed; instead of news, the key where a large parcel lies.
 */
export type Parcel = readonly [nodeId: string, news?: readonly unknown[] | string]

export const pack = (parcel: Parcel): string => JSON.stringify(parcel)

/** Throws for what no node has sent. */
export function unpack(text: string): Parcel {
  const parcel: unknown = JSON.parse(text)
  if (!Array.isArray(parcel) || typeof parcel[0] !== 'string') throw new Error('not a parcel')
  return parcel as unknown as Parcel
}
