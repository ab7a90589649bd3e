/** Bytes pushed by one client to others that count as one more message. */
const PUSHED_BYTES_PER_TOKEN = 1024

/** Number of short messages that one of `bytes` bytes counts as, wherever it is pushed. */
export const costOfPush = (bytes: number): number => 1 + Math.floor(bytes / PUSHED_BYTES_PER_TOKEN)

/** Like `costOfPush`, for a text as it stands in JSON, where a control character takes six bytes. */
export const costOfText = (text: string): number =>
  // Most messages are short: they need no second look.
  text.length < SHORT_LENGTH ? 1 : costOfPush(Buffer.byteLength(JSON.stringify(text)))

/** A UTF-16 unit takes at most six bytes in JSON, and the quotes two. */
const SHORT_LENGTH = Math.floor((PUSHED_BYTES_PER_TOKEN - 2) / 6)
