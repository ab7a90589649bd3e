import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { shownAddress } from '../../src/lib/server-address.ts'
import { readConfig } from '../../src/server.ts'

test('DATABASE_URL means a file as it is written in any of its forms', () => {
  const home = homedir()
  const files = {
    'file:x.db': resolve('x.db'),
    'FILE:/tmp/x.db': '/tmp/x.db',
    'file:///tmp/x.db': '/tmp/x.db',
    'file://localhost/tmp/x.db': '/tmp/x.db',
    'file://.data/x.db': resolve('.data/x.db'),
    'file:/tmp/a%20b.db': '/tmp/a b.db',
    'file:/tmp/100%.db': '/tmp/100%.db',
    'file:/tmp/a%3Fb%23.db': '/tmp/a?b#.db',
    'file:~/x.db': join(home, 'x.db'),
  }
  for (const [url, file] of Object.entries(files))
    assert.deepEqual(readConfig({ DATABASE_URL: url }).database, {
      kind: 'sqlite',
      file,
      directory: dirname(file),
    })
  const { database } = readConfig({ DBPATH: '~/a%20b.db' })
  assert.ok(database.kind === 'sqlite')
  assert.equal(database.file, join(home, 'a%20b.db'), 'a plain path has no codes')
})

test('an address is shown without its password, wherever that stands', () => {
  const shown = {
    'postgres://u:a%40b@[::1]:5433/d?sslmode=require': 'postgres://u@[::1]:5433/d?sslmode=require',
    'postgres://u:100%@h/our%20chat': 'postgres://u@h/our%20chat',
    'postgres://u:p@/d?host=/run/postgresql&password=p': 'postgres://u@/d?host=/run/postgresql',
    'redis://:p@h': 'redis://h/',
  }
  for (const [address, text] of Object.entries(shown)) assert.equal(shownAddress(address), text)
})
