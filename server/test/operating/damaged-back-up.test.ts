import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { FILES, manifestText, parseManifest, readManifest } from '../../src/operating/backup/manifest.ts'
import { restore } from '../../src/operating/backup/restore.ts'
import { findingsOf } from '../../src/operating/backup/verify.ts'
import { tempDir } from '../support/temp-dir.ts'
import { backUp, Talk, verify } from './talk.ts'

/** A whole back-up with a file, which no test changes, and the path of that file's content in it. */
const { whole, content } = await makeWhole()

async function makeWhole() {
  const owner = { after }
  const directory = await tempDir(owner)
  const [file, copy] = [join(directory, 'chat.db'), join(directory, 'copy')]
  await using talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('what a person has sent')
  await backUp(owner, copy, '--dbpath', file)
  const shelves = join('files', 'contents')
  const [shelf = ''] = readdirSync(join(copy, shelves))
  const [name = ''] = readdirSync(join(copy, shelves, shelf))
  return { whole: copy, content: join(shelves, shelf, name) }
}

/** Flips one bit of the last byte. */
function flip(file: string): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  writeFileSync(file, bytes)
}

/** Puts a link to the same bytes in their place: they lie outside then. */
function link(path: string): void {
  const outside = join(dirname(whole), `outside-${process.hrtime.bigint()}`)
  renameSync(path, outside)
  symlinkSync(outside, path)
}

function pipe(path: string): void {
  rmSync(path)
  execFileSync('mkfifo', [path])
}

/** Has the manifest name another file, and be whole in itself. */
function rename(copy: string, name: string): void {
  const manifest = readManifest(copy)
  const { files } = manifest
  const text = manifestText({ ...manifest, files: { ...files, database: { ...files.database, name } } })
  writeFileSync(join(copy, FILES.manifest), text)
}

const DAMAGES: readonly (readonly [string, (copy: string) => void, RegExp])[] = [
  ['a byte of the database changed', (copy) => flip(join(copy, 'parlance.db')), /not as the manifest says/],
  ['its database cut', (copy) => truncateSync(join(copy, 'parlance.db'), 4096), /not as the manifest says/],
  [
    'its database gone',
    (copy) => rmSync(join(copy, 'parlance.db')),
    /parlance\.db cannot be read \(ENOENT\)/,
  ],
  ['a link in place of the database', (copy) => link(join(copy, 'parlance.db')), /is a link or the like/],
  ['a pipe in place of the database', (copy) => pipe(join(copy, 'parlance.db')), /is a link or the like/],
  ['a byte of its secrets changed', (copy) => flip(join(copy, 'secrets.json')), /not as the manifest says/],
  ['its secrets gone', (copy) => rmSync(join(copy, 'secrets.json')), /secrets\.json cannot be read/],
  ['a link in place of the secrets', (copy) => link(join(copy, 'secrets.json')), /is a link or the like/],
  ['a byte of a file changed', (copy) => flip(join(copy, content)), /is not what its name says/],
  ['a file cut', (copy) => truncateSync(join(copy, content), 3), /is not what its name says/],
  ['a file longer', (copy) => appendFileSync(join(copy, content), 'x'), /is not what its name says/],
  ['a file gone', (copy) => rmSync(join(copy, content)), /holds 0 of (the )?1 contents/],
  ['a link in place of a file', (copy) => link(join(copy, content)), /is a link or the like/],
  ['a link in place of the folder of files', (copy) => link(join(copy, 'files')), /is a link or the like/],
  [
    'a byte of the manifest changed',
    (copy) => flip(join(copy, 'manifest.json')),
    /manifest\.json cannot be read/,
  ],
  [
    'its manifest cut',
    (copy) => truncateSync(join(copy, 'manifest.json'), 99),
    /manifest\.json cannot be read/,
  ],
  ['its manifest gone', (copy) => rmSync(join(copy, 'manifest.json')), /was not finished/],
  ['a link in place of the manifest', (copy) => link(join(copy, 'manifest.json')), /is a link or the like/],
  [
    'a huge manifest',
    (copy) => truncateSync(join(copy, 'manifest.json'), 2 ** 21),
    /is too long for a manifest/,
  ],
  ['a database of its manifest in another folder', (copy) => rename(copy, '../chat.db'), /is damaged/],
  ['a database of its manifest anywhere', (copy) => rename(copy, '/etc/passwd'), /is damaged/],
]

for (const [what, damage, sentence] of DAMAGES)
  test(`a back-up with ${what} is a fault to --verify, and is not restored`, async (t) => {
    const directory = await tempDir(t)
    const copy = join(directory, 'copy')
    cpSync(whole, copy, { recursive: true })
    damage(copy)
    const { signal } = new AbortController()
    const findings = await findingsOf(copy, {}, signal)
    const faults = findings.filter(({ level }) => level === 'fault')
    assert.equal(faults.length, 1, JSON.stringify(findings))
    assert.match(faults[0]?.found ?? '', sentence)
    const [data, filesDirectory] = [join(directory, 'new'), join(directory, 'new-files')]
    const certificatesDirectory = join(directory, 'new-certificates')
    const database = { kind: 'sqlite', file: join(data, 'chat.db'), directory: data } as const
    await assert.rejects(
      restore({ database, filesDirectory, certificatesDirectory, directory: copy, environment: {} }),
      sentence,
    )
    assert.equal(existsSync(database.file), false)
    const left = [data, filesDirectory].filter((folder) => existsSync(folder))
    for (const folder of left)
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
        assert.ok(entry.isDirectory(), `${entry.name} was left`)
  })

test('a manifest with any one bit changed is refused', () => {
  const bytes = readFileSync(join(whole, FILES.manifest))
  assert.deepEqual(parseManifest(bytes.toString(), 'it'), readManifest(whole))
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    assert.throws(() => parseManifest(changed.toString('utf8'), 'it'), /^CommandEnd: it /, `bit ${bit}`)
  }
})

test('--verify changes nothing, prints a row for each part, and fails with what it has found', async (t) => {
  const copy = join(await tempDir(t), 'copy')
  cpSync(whole, copy, { recursive: true, preserveTimestamps: true })
  const state = () =>
    readdirSync(copy, { recursive: true })
      .map((name) => `${name} ${statSync(join(copy, String(name))).mtimeMs}`)
      .toSorted()
  const before = state()
  const sound = await verify(t, copy)
  assert.equal(sound.code, 0)
  assert.deepEqual(
    sound.rows.map(({ level, subject }) => `${subject}: ${level}`),
    ['manifest: ok', 'secrets: ok', 'database: ok', 'files: ok'],
  )
  assert.match(sound.stderr, /^checking +[\d,]+ of [\d,]+ bytes, 100 %/m)
  assert.deepEqual(state(), before)
  flip(join(copy, content))
  const unsound = await verify(t, copy)
  assert.equal(unsound.code, 1)
  assert.match(unsound.stderr, /copy is no whole back-up: use another one\.\n$/)
  assert.equal(unsound.rows.at(-1)?.level, 'fault')
})

test('a database that holds other rows is a fault, and is not restored, however its sums agree', async (t) => {
  const directory = await tempDir(t)
  const copy = join(directory, 'copy')
  cpSync(whole, copy, { recursive: true })
  const manifest = readManifest(copy)
  const counts = { ...manifest.counts, messages: 7 }
  writeFileSync(join(copy, FILES.manifest), manifestText({ ...manifest, counts }))
  const { signal } = new AbortController()
  const found = (await findingsOf(copy, {}, signal)).map(({ found }) => found).join(' ')
  assert.match(found, /holds other rows than its manifest says/)
  const database = { kind: 'sqlite', file: join(directory, 'new.db'), directory } as const
  await assert.rejects(
    restore({
      database,
      filesDirectory: join(directory, 'files'),
      certificatesDirectory: join(directory, 'certificates'),
      directory: copy,
      environment: {},
    }),
    /holds other rows than its manifest says/,
  )
  assert.equal(existsSync(database.file), false)
})

test('a log that lies beside the database of a back-up is not read', async (t) => {
  const copy = join(await tempDir(t), 'copy')
  cpSync(whole, copy, { recursive: true })
  for (const ending of ['wal', 'journal'])
    copyFileSync(join(copy, 'secrets.json'), join(copy, `parlance.db-${ending}`))
  const { signal } = new AbortController()
  const levels = (await findingsOf(copy, {}, signal)).map(({ level }) => level)
  assert.deepEqual(levels, ['ok', 'ok', 'ok', 'ok'])
})

test('a back-up of an older version is verified and restored', async (t) => {
  const directory = await tempDir(t)
  const copy = join(directory, 'copy')
  cpSync(whole, copy, { recursive: true })
  const { files, ...manifest } = readManifest(copy)
  const { name: _, ...database } = files.database
  const old = { format: 'parlance-backup', version: 1, ...manifest, files: { ...files, database } }
  writeFileSync(join(copy, FILES.manifest), `${JSON.stringify(old, null, 2)}\n`)
  const { signal } = new AbortController()
  const levels = (await findingsOf(copy, {}, signal)).map(({ level }) => level)
  assert.deepEqual(levels, ['ok', 'ok', 'ok', 'ok'])
  mkdirSync(join(directory, 'new'))
  const file = join(directory, 'new', 'chat.db')
  await restore({
    database: { kind: 'sqlite', file, directory: dirname(file) },
    filesDirectory: join(directory, 'new', 'files'),
    certificatesDirectory: join(directory, 'new', 'certificates'),
    directory: copy,
    environment: {},
  })
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'new', content)))
    .digest('hex')
  assert.ok(content.endsWith(digest))
})
