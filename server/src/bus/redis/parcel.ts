/**
 * One message through Redis: the sending node, and the news of one topic in one turn of its event loop. Without
 * news it says that some may have been missed. A text instead of news is the key of a large parcel.
 */
export type Parcel = readonly [nodeId: string, news?: readonly unknown[] | string]

export const pack = (parcel: Parcel): string => JSON.stringify(parcel)

/** Throws for what no node has sent. */
export function unpack(text: string): Parcel {
  const parcel: unknown = JSON.parse(text)
  if (!Array.isArray(parcel) || typeof parcel[0] !== 'string') throw new Error('not a parcel')
  return parcel as unknown as Parcel
}
