import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TimelineItem, TimelineSnapshot } from '@parlance/client'
import { dayAt, type Row, rowsOf } from '../src/list/rows.ts'
import { messageFrom, rowAt, stretchOf } from '../src/list/stretch.ts'

const DAY = '2026-11-29'

interface Said {
  readonly seq: number
  readonly by?: string
  readonly at?: string
  readonly day?: string
  readonly replyTo?: number
}

/** A message with what rows look at. */
const said = ({ seq, by = 'a_1', at = '12:00', day = DAY, replyTo }: Said): TimelineItem => {
  const message = { seq, sender: { id: by }, sentAt: `${day}T${at}:00.000000Z`, replyTo: replyTo ?? null }
  // Rows look at no more of a message than this.
  return { kind: 'message', key: String(seq), seq, message, own: [], pending: [] } as unknown as TimelineItem
}

const shown = (
  items: readonly TimelineItem[],
  {
    isWhole = true,
    firstUnread,
    begun,
  }: { isWhole?: boolean; firstUnread?: number; begun?: Set<string> } = {},
) => {
  const snapshot: TimelineSnapshot = { items, isWhole, isStale: false }
  return rowsOf(snapshot, { firstUnread, me: 'a_1', ...(begun && { begun }) })
    .filter(({ kind }) => kind !== 'beginning')
    .map((row) => ('isRunOn' in row ? `${row.key}${row.isRunOn ? '+' : ''}` : row.kind))
}

test('messages of one person within five minutes run on, and others begin anew', () => {
  const items = [
    said({ seq: 1 }),
    said({ seq: 2, at: '12:04' }),
    said({ seq: 3, at: '12:09' }),
    said({ seq: 4, at: '12:10', by: 'a_2' }),
    said({ seq: 5, at: '12:11', by: 'a_2', replyTo: 1 }),
  ]
  assert.deepEqual(shown(items), ['day', '1', '2+', '3', '4', '5'])
})

test('each day has its line, and what follows it begins anew', () => {
  const items = [said({ seq: 1, at: '12:00' }), said({ seq: 2, at: '12:01', day: '2026-11-27' })]
  assert.deepEqual(shown(items), ['day', '1', 'day', '2'])
})

test('the line of what is new stands before the first unread message, once', () => {
  const items = [said({ seq: 1 }), said({ seq: 2 }), said({ seq: 3 })]
  assert.deepEqual(shown(items, { firstUnread: 2 }), ['day', '1', 'new', '2', '3+'])
  assert.deepEqual(shown(items, { firstUnread: 9 }), ['day', '1', '2+', '3+'])
})

test('the line of what is new waits while the first unread message may be one that is not loaded', () => {
  const later = [said({ seq: 8 }), said({ seq: 9 })]
  assert.deepEqual(shown(later, { firstUnread: 3, isWhole: false }), ['8', '9+'])
  assert.deepEqual(shown(later, { firstUnread: 3 }), ['new', 'day', '8', '9+'])
  const hole: TimelineItem = { kind: 'hole', key: 'hole', from: 2, to: 7, fill: async () => undefined }
  assert.deepEqual(shown([said({ seq: 1 }), hole, ...later], { firstUnread: 3 }), [
    'day',
    '1',
    'hole',
    '8',
    '9+',
  ])
  assert.deepEqual(shown([said({ seq: 1 }), ...later], { firstUnread: 3 }), ['day', '1', 'new', '8', '9+'])
})

test('the beginning is told only where there is nothing before', () => {
  const kinds = (isWhole: boolean) =>
    rowsOf({ items: [said({ seq: 1 })], isWhole, isStale: false }, { firstUnread: undefined, me: 'a_1' }).map(
      ({ kind }) => kind,
    )
  assert.deepEqual(kinds(true), ['beginning', 'day', 'message'])
  assert.deepEqual(kinds(false), ['message'])
})

test('a message that began a stretch looks the same when those before it have come', () => {
  const begun = new Set<string>()
  const later = [said({ seq: 8 }), said({ seq: 9 })]
  assert.deepEqual(shown(later, { isWhole: false, begun }), ['8', '9+'])
  assert.deepEqual(shown([said({ seq: 7 }), ...later], { isWhole: false, begun }), ['7', '8', '9+'])
  assert.deepEqual(shown([said({ seq: 6 }), said({ seq: 7 }), ...later], { begun }), [
    'day',
    '6',
    '7',
    '8',
    '9+',
  ])
})

test('the day of a row is its own, or that of the message that follows', () => {
  const items = [said({ seq: 1, day: '2026-11-27' }), said({ seq: 2 })]
  const rows = rowsOf({ items, isWhole: true, isStale: false }, { firstUnread: undefined, me: 'a_1' })
  const days = rows.map(({ key }) => dayAt(rows, key))
  assert.deepEqual(days, [days[0], days[0], days[0], days[4], days[4]])
  assert.ok(Number(days[0]) < Number(days[4]))
  assert.equal(dayAt(rows, 'one that has gone'), undefined)
})

test('every message has a row, and no key stands twice', () => {
  const items = Array.from({ length: 500 }, (_, index) =>
    said({ seq: index + 1, by: `a_${index % 3}`, at: `${String(index % 24).padStart(2, '0')}:00` }),
  )
  const keys = rowsOf({ items, isWhole: true, isStale: false }, { firstUnread: 250, me: 'a_1' }).map(
    ({ key }) => key,
  )
  assert.deepEqual(
    items.filter(({ key }) => !keys.includes(key)),
    [],
  )
})

test('a stretch ends at the holes around it, which nobody can pass before they are filled', () => {
  const hole = (from: number, to: number): TimelineItem => ({
    ...{ kind: 'hole', key: `hole-${from}`, from, to },
    fill: async () => undefined,
  })
  const items = [
    said({ seq: 1 }),
    hole(2, 5),
    said({ seq: 6 }),
    said({ seq: 7 }),
    hole(8, 9),
    said({ seq: 10 }),
  ]
  const rows = rowsOf({ items, isWhole: true, isStale: false }, { firstUnread: undefined, me: 'a_1' })
  const keysFrom = (key?: string) => {
    const { rows: shown, above, below } = stretchOf(rows, key)
    return [above?.item.from, shown.map((row) => row.key).join(), below?.item.from]
  }
  assert.deepEqual(keysFrom(), [8, '10', undefined])
  assert.deepEqual(keysFrom('7'), [2, '6,7', 8])
  assert.deepEqual(keysFrom(rowAt(rows, 1)?.key), [undefined, `beginning,${rows[1]?.key},1`, 2])
  assert.deepEqual(keysFrom('one that has gone'), [8, '10', undefined])
  assert.equal(messageFrom(rows, rows[0])?.key, '1')
  assert.deepEqual(stretchOf([], undefined), { rows: [], above: undefined, below: undefined })
  const [unknown] = [hole(1, 5)].map((item) => ({ kind: 'hole', key: 'hole', item }) as Row)
  assert.equal(stretchOf(unknown ? [unknown] : [], undefined).above, unknown)
  const unread = [said({ seq: 1 }), hole(2, 5)]
  const newestUnknown = rowsOf(
    { items: unread, isWhole: true, isStale: false },
    { firstUnread: undefined, me: 'a_1' },
  )
  assert.deepEqual(
    stretchOf(newestUnknown, undefined).below?.item.from,
    2,
    'the newest page is still to come',
  )
})
