import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { GroupsDevice } from '../../support/clients/groups.ts'
import type { Place } from '../../support/clients/index.ts'
import { parlance, refuses } from '../../support/command.ts'
import type { SentMessage } from '../../support/groups.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { adopted, lastFirst, TARGETS } from './targets.ts'

const oid = (last: string, seconds = '5cb9a000') => ({ $oid: `${seconds}${last.padStart(16, '0')}` })

// As mongoexport writes them: relaxed, canonical, a document a line or a list; with all that the original lets happen.
const USERS = [
  { _id: oid('1'), username: 'ann', current_group: 'Hikers' },
  { _id: oid('2'), username: 'bob', current_group: null },
  { _id: oid('3'), username: 'ann', current_group: null },
  { _id: oid('4'), username: 'ANN', current_group: 'nowhere' },
  { _id: oid('5'), version: { $numberInt: '3' } },
]
const GROUPS = [
  {
    ...{ _id: oid('a1'), group_name: 'Hikers' },
    user: [
      { name_ID: 'ann', last_read: '2019-04-20T10:00:01' },
      { name_ID: 'bob', last_read: null },
      { name_ID: 'zed', last_read: null },
    ],
  },
  { _id: oid('a2'), group_name: 'Hikers', user: [{ name_ID: 'ANN', last_read: null }] },
  {
    _id: oid('a3'),
    group_name: 'lobby',
    user: [{ name_ID: 'bob', last_read: { $date: '2019-04-20T09:00:00Z' } }],
  },
]
const FIRST = {
  ...{ _id: oid('c1'), group_name: 'Hikers', username: 'ann', text: 'Hello' },
  timestamp: '2019-04-20 10:00:00.123456',
}
const TEXTS = [
  {
    ...{ _id: oid('c2'), group_name: 'Hikers', username: 'bob', text: 'Hi \u{1F97E} Ann' },
    timestamp: { $date: { $numberLong: '1555754402500' } },
  },
  FIRST,
  { _id: oid('c3', '5cbaeda3'), group_name: 'Hikers', username: 'ann', text: { $numberLong: '42' } },
  {
    ...{ _id: oid('c4'), group_name: 'Hikers', username: 'zed', text: 'from zed' },
    timestamp: '2019-04-20T10:00:04',
  },
  { _id: oid('c5'), group_name: 'nowhere', username: 'ann', text: 'into the void', timestamp: 'soon' },
  { _id: oid('c6'), group_name: 'Hikers', username: 'ann', text: '', timestamp: '2019-04-20T10:00:05' },
  FIRST,
]

const lines = (documents: readonly object[]) =>
  documents.map((document) => `${JSON.stringify(document)}\n`).join('')

async function folderOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await tempDir(t), 'exported')
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

const exported = (t: TestContext) =>
  folderOf(t, {
    'chat.Group.json': JSON.stringify(GROUPS, null, 2),
    'chat.Text.jsonl': lines(TEXTS),
    'chat.User.json': lines(USERS),
    'read me.txt': 'no JSON',
  })

for (const { name, missing, make } of TARGETS)
  test(`people of groups come back by their names and find groups, history and read marks, on ${name}`, {
    skip: missing,
  }, async (t) => {
    const [source, settings] = [await exported(t), await make(t)]
    const { server, notes, ids } = await adopted(t, { kind: 'groups', source, settings })
    const ann = await GroupsDevice.logIn(server, { username: 'ann', password: '' })
    lastFirst(t, () => ann.close())
    const idOf = ({ $oid }: { $oid: string }) =>
      Number(ids.find(({ was }) => was === $oid)?.is ?? assert.fail(`no new id of ${$oid}`))
        .toString(16)
        .padStart(24, '0')
    assert.deepEqual(await ann.ask('find_user'), [
      [
        'user_found',
        { _id: idOf(oid('1')), username: 'ann', current_group: 'Hikers', group_list: ['Hikers'] },
      ],
    ])
    const [[, entered] = []] = await ann.ask('enter_group', { group_name: 'Hikers' })
    const [unread, read] = entered as readonly [SentMessage[], SentMessage[]]
    const shown = ({ _id, username, text, timestamp }: SentMessage) => [_id, username, text, timestamp]
    assert.deepEqual(read.map(shown), [
      [idOf(oid('c1')), 'ann', 'Hello', '2019-04-20T10:00:00.123456+00:00'],
      [idOf(oid('c2')), 'bob', 'Hi \u{1F97E} Ann', '2019-04-20T10:00:02.500000+00:00'],
      [idOf(oid('c3', '5cbaeda3')), 'ann', '42', '2019-04-20T10:00:03.000000+00:00'],
    ])
    assert.deepEqual(unread.map(shown), [
      [idOf(oid('c4')), 'gone-zed', 'from zed', '2019-04-20T10:00:04.000000+00:00'],
    ])
    await ann.send({ kind: 'open', name: 'Hikers' } as Place, 'after the move')

    const bob = await GroupsDevice.logIn(server, { username: 'bob', password: '' })
    lastFirst(t, () => bob.close())
    assert.deepEqual(await bob.list(), ['Hikers', 'lobby'])
    const [[, neverRead] = []] = await bob.ask('enter_group', { group_name: 'Hikers' })
    assert.deepEqual(
      (neverRead as readonly [SentMessage[]])[0].map(({ text }) => text),
      ['42', 'from zed', 'after the move'],
      'what bob had written is read, and all before it',
    )
    // Names that differ in case only were two people, and stay so.
    const other = await GroupsDevice.logIn(server, { username: 'ANN-2', password: '' })
    lastFirst(t, () => other.close())
    assert.deepEqual(await other.list(), ['Hikers'])

    assert.deepEqual(
      notes.map(({ done, what, place, why }) => `${done}: ${what} in ${place}: ${why}`),
      [
        'changed: account in chat.User.json, document 3: a user of that name is there already, and it is one with them',
        'left out: document in chat.User.json, document 5: it is no user, group or text of groups',
        'changed: account in chat.User.json, document 4: the username is taken, or none that Parlance allows',
        'left out: member in chat.Group.json, document 1: its account zed is not there',
        'changed: conversation in chat.Group.json, document 2: a group of that name is there already, and it is one with that',
        'changed: account in chat.Text.jsonl, document 4: its sender zed is not there: a disabled account stands for them',
        'left out: message in chat.Text.jsonl, document 5: its conversation nowhere is not there',
        'left out: message in chat.Text.jsonl, document 6: it has no text',
        'left out: message in chat.Text.jsonl, document 7: its id is there already',
      ],
    )
    assert.equal(notes.find(({ place }) => place.endsWith('Text.jsonl, document 5'))?.before, 'into the void')
  })

test('one file with all collections of groups is adopted as a folder is, by a dry run too', async (t) => {
  const folder = await folderOf(t, { 'all.json': lines([...TEXTS, ...GROUPS, ...USERS]) })
  const to = ['--report', join(folder, 'told'), '--dbpath', join(folder, 'chat.db')]
  const args = ['adopt', 'groups', join(folder, 'all.json'), '--json', ...to]
  const summaryOf = async (...more: string[]) => {
    const { code, stdout, stderr } = await parlance(t, ...args, ...more)
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '').summary
  }
  const dry = await summaryOf('--dry-run')
  assert.deepEqual(dry, {
    ...{ kind: 'groups', isDryRun: true, changed: 4, leftOut: 5, newIds: 11 },
    rows: { accounts: 4, conversations: 2, members: 4, messages: 4, changes: 2 },
  })
  assert.deepEqual(await summaryOf(), { ...dry, isDryRun: false })
})

test('files that are not those of groups, or broken, are refused with the reason', async (t) => {
  const told = join(await tempDir(t), 'told')
  const to = ['--report', told, '--dbpath', `${told}.db`]
  const refused = async (sentence: RegExp, files: Readonly<Record<string, string>>) =>
    refuses(t, sentence, 'adopt', 'groups', await folderOf(t, files), ...to)
  const lookedFor =
    /has users with username and current_group, and groups with group_name and user: name the folder/
  await refused(lookedFor, {})
  await refused(lookedFor, { 'User.json': lines(USERS) })
  await refused(lookedFor, {
    'posts.json': lines([{ _id: oid('1'), title: 'a blog' }]),
    'User.json': lines(USERS),
  })
  await refused(/User\.json: what follows object 0 is no JSON object, nor a list of them; mend the file/, {
    'User.json': '_id,username,current_group\nObjectId(1),ann,\n',
  })
  await refused(/Text\.json: what follows object 2 does not end; mend the file, or export it again/, {
    ...{ 'Group.json': lines(GROUPS), 'User.json': lines(USERS) },
    'Text.json': lines(TEXTS).slice(0, lines(TEXTS.slice(0, 3)).length - 10),
  })
  await refused(/Text\.json: what follows object 1 is no JSON; mend the file/, {
    ...{ 'Group.json': lines(GROUPS), 'User.json': lines(USERS) },
    'Text.json': `${lines([FIRST])}{"_id": oops}\n${lines(TEXTS)}`,
  })
  await refuses(t, /cannot be read \(ENOENT\)/, 'adopt', 'groups', join(told, 'none'), ...to)
})
