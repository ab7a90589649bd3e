import fc from 'fast-check'

const EVENTS = [
  'pusher:ping',
  'pusher:pong',
  'pusher:subscribe',
  'pusher:unsubscribe',
  'pusher:signin',
  'pusher:',
  'client-e',
  '__proto__',
]
const word = fc.oneof(
  fc.constantFrom(
    ...EVENTS,
    'presence-a',
    'private-a',
    'private-encrypted-a',
    '#server-to-user-a',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  { maxDepth: 3 },
  word,
  fc.jsonValue(),
  fc.double(),
  fc.bigInt().map(String),
)

/** Values that might stand where a record with these keys belongs. */
export const record = (keys: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...keys, '__proto__', 'toString'), fc.string()), value, {
    maxKeys: 6,
  })

/** Frames from a client, from nearly right to noise. */
export const frame: fc.Arbitrary<string> = fc.oneof(
  fc
    .record(
      {
        event: fc.oneof(word, value),
        channel: value,
        data: fc.oneof(record(['channel', 'auth', 'channel_data', 'user_data']), value),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
)
