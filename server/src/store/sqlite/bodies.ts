/** A long text in bytes. */
export type StoredBody = string | Uint8Array

/** node:sqlite takes six times as long for a long text beyond ASCII as for its bytes, decoded here. */
export const BODY = 'CASE WHEN octet_length(t.body) > 512 THEN CAST(t.body AS BLOB) ELSE t.body END'

/** Keeps a byte order mark at the beginning: it is a part of the message. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const textOf = (body: StoredBody): string => (typeof body === 'string' ? body : UTF8.decode(body))
