import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parlance } from '../support/command.ts'
import { tempDir } from '../support/temp-dir.ts'
import { backUp, Talk } from './talk.ts'

// Copies that the page on operating lets an operator make with other programs.

function textsIn(file: string): readonly unknown[] {
  using db = new DatabaseSync(file, { readOnly: true })
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  return db
    .prepare('SELECT body FROM messages ORDER BY id')
    .all()
    .map(({ body }) => body)
}

/** As the sqlite3 program makes them: its `.backup` is SQLite's online back-up, which Node has too. */
const WAYS: Readonly<Record<string, (db: DatabaseSync, copy: string) => unknown>> = {
  'VACUUM INTO': (db, copy) => db.prepare('VACUUM INTO ?').run(copy),
  'the online back-up': (db, copy) => backup(db, copy),
}

for (const [way, copyTo] of Object.entries(WAYS))
  test(`a copy that is made by ${way} while the server runs has every message`, async (t) => {
    const directory = await tempDir(t)
    const file = join(directory, 'parlance.db')
    await using talk = await Talk.start({ DBPATH: file })
    for (const text of ['one', 'two', 'three']) await talk.say(text)
    const copy = join(directory, 'copy.db')
    using db = new DatabaseSync(file)
    await copyTo(db, copy)
    await talk.say('later')
    assert.deepEqual(textsIn(copy), ['one', 'two', 'three'])
  })

test('a state of a back-up that is kept by links stays what it was after the next one', async (t) => {
  const directory = await tempDir(t)
  const file = join(directory, 'parlance.db')
  await using talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('a first file')
  const [copy, kept, restored] = ['copy', 'kept', 'restored.db'].map((name) => join(directory, name))
  assert.ok(copy && kept && restored)
  await backUp(t, copy, '--dbpath', file)
  execFileSync('cp', ['-al', copy, kept])
  await talk.sendFile('a second file')
  await talk.say('later')
  await backUp(t, copy, '--dbpath', file)
  const verified = await parlance(t, 'backup', '--verify', kept)
  assert.equal(verified.code, 0, verified.stderr)
  const { code, stderr } = await parlance(t, 'restore', kept, '--dbpath', restored)
  assert.equal(code, 0, stderr)
  assert.deepEqual(textsIn(restored), ['see'])
})
