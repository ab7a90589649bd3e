import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type * as Wire from '@parlance/protocol'
import { markdownOf } from '../../../src/moving/adopting/slack/markdown.ts'
import type { Place } from '../../support/clients/index.ts'
import { NativeDevice } from '../../support/clients/native.ts'
import { parlance, refuses } from '../../support/command.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { adopted, lastFirst, optionsOf, TARGETS } from './targets.ts'
import { writeZip } from './zip.ts'

const PERSON = { password: 'a password for Ann' }

const EXPORT = {
  // The messages come before what they need: entries of a zip have no order.
  'general/2023-11-14.json': [
    {
      type: 'message',
      subtype: 'channel_join',
      user: 'U1',
      text: '<@U1> has joined',
      ts: '1700000000.000100',
    },
    {
      ...{
        type: 'message',
        user: 'U1',
        text: 'Hi <@U2> &amp; all, see <https://example.org/a|the page>',
        ts: '1700000001.000200',
      },
      thread_ts: '1700000001.000200',
      reactions: [
        { name: '+1', users: ['U2', 'U1'], count: 2 },
        { name: 'party-parrot', users: ['U2'], count: 1 },
      ],
    },
    {
      type: 'message',
      user: 'U2',
      text: 'an answer',
      ts: '1700000002.000300',
      thread_ts: '1700000001.000200',
    },
    {
      type: 'message',
      user: 'U2',
      text: 'after an edit',
      ts: '1700000003.000400',
      edited: { user: 'U2', ts: '1700000009.000000' },
    },
    {
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B7',
      username: 'deploy',
      text: '*done*',
      ts: '1700000004.000500',
    },
    {
      ...{ type: 'message', user: 'U1', text: '', ts: '1700000005.000600' },
      files: [{ name: 'plan.pdf', permalink: 'https://example.slack.com/files/plan.pdf' }],
    },
  ],
  'D1/2023-11-14.json': [{ type: 'message', user: 'U2', text: 'in private', ts: '1700000006.000000' }],
  'team/2023-11-14.json': [
    { type: 'message', user: 'U9', text: 'from who is gone', ts: '1700000007.000000' },
  ],
  'users.json': [
    { id: 'U1', name: 'ann', profile: { real_name: 'Ann Other', email: 'ann@example.org' } },
    { id: 'U2', name: 'bob', profile: { display_name: 'Bobby' } },
  ],
  'channels.json': [
    {
      id: 'C1',
      name: 'general',
      created: 1690000000,
      creator: 'U2',
      members: ['U1', 'U2'],
      topic: { value: 'Everything' },
    },
  ],
  'groups.json': [{ id: 'G1', name: 'team', created: 1690000000, creator: 'U1', members: ['U1'] }],
  'dms.json': [{ id: 'D1', created: 1690000000, members: ['U1', 'U2'] }],
}

async function exported(t: TestContext, entries: Readonly<Record<string, unknown>>): Promise<string> {
  const file = join(await tempDir(t), 'export.zip')
  await writeZip(
    file,
    Object.fromEntries(
      Object.entries(entries).map(([name, value]) => [name, JSON.stringify(value, null, 2)]),
    ),
  )
  return file
}

for (const { name, missing, make } of TARGETS)
  test(`an export of Slack is whole in native: threads, reactions, names, edits and files, on ${name}`, {
    skip: missing,
  }, async (t) => {
    const [source, settings] = [await exported(t, EXPORT), await make(t)]
    const { server, notes, ids } = await adopted(t, { kind: 'slack', source, settings })
    // Slack exports no passwords: an operator gives one.
    const password = join(await tempDir(t), 'password')
    await writeFile(password, PERSON.password)
    const given = await parlance(
      t,
      'accounts',
      'reset-password',
      'ann',
      '--password-from',
      password,
      ...optionsOf(settings),
    )
    assert.equal(given.code, 0, given.stderr)
    const ann = await NativeDevice.logIn(server, { username: 'ann', ...PERSON })
    lastFirst(t, () => ann.close())
    const idOf = (was: string) => ids.find((id) => id.was === was)?.is ?? assert.fail(`no new id of ${was}`)
    const texts = async (key: string) => ann.history({ conversationId: idOf(key) } as Place)
    assert.deepEqual(
      (await texts('C1')).map(({ text }) => text),
      [
        'Hi @bob & all, see [the page](https://example.org/a)',
        'an answer',
        'after an edit',
        '**done**',
        '[plan.pdf](https://example.slack.com/files/plan.pdf)',
      ],
    )
    assert.deepEqual(
      (await texts('D1')).map(({ text }) => text),
      ['in private'],
    )
    assert.deepEqual(
      (await texts('G1')).map(({ text }) => text),
      ['from who is gone'],
    )
    const path = `/v1/conversations/c_${idOf('C1')}`
    const { name: title, topic, kind } = await ann.ok<Wire.Listing>(`GET ${path}`)
    assert.deepEqual([title, topic, kind], ['general', 'Everything', 'open'])
    const { items } = await ann.ok<Wire.MessagePage>(`GET ${path}/messages?after=0`)
    const [first, answer, edited] = items
    assert.deepEqual(
      first?.reactions.map(({ key, count }) => [key, count]),
      [
        [':party-parrot:', 1],
        ['👍', 2],
      ],
    )
    assert.deepEqual([first?.format, first?.replyCount], ['markdown', 1])
    assert.deepEqual(first?.mentions, [{ account: `a_${idOf('U2')}`, at: [3, 7] }])
    assert.equal(answer?.thread, first?.seq)
    assert.ok(edited?.editedAt)
    assert.deepEqual(
      notes.map(({ place }) => place),
      ['team/2023-11-14.json, ts 1700000007.000000', 'subtype channel_join'],
    )
  })

test('a zip that is no export of Slack, broken or a bomb is refused', async (t) => {
  const folder = await tempDir(t)
  const to = ['--report', join(folder, 'told'), '--dbpath', join(folder, 'chat.db')]
  const other = await exported(t, { 'mail.json': [] })
  await refuses(
    t,
    /is not an export of Slack, which has users\.json and channels\.json/,
    'adopt',
    'slack',
    other,
    ...to,
  )
  const text = join(folder, 'text')
  await writeFile(text, 'no zip file')
  await refuses(t, /cannot be read as a zip file/, 'adopt', 'slack', text, ...to)
  const bomb = join(folder, 'bomb.zip')
  await writeZip(bomb, { 'users.json': ' '.repeat(20_000_000), 'channels.json': '[]' })
  await refuses(t, /users\.json would unpack to 20000000 bytes/, 'adopt', 'slack', bomb, ...to)
  const deep = join(folder, 'deep.zip')
  await writeZip(deep, { 'users.json': `[{"id":${'['.repeat(5_000)}`, 'channels.json': '[]' })
  await refuses(
    t,
    /users\.json: what follows object 0 is nested more than 100 deep/,
    'adopt',
    'slack',
    deep,
    ...to,
  )
})

for (const [slack, markdown] of [
  ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
  ['*bold* _it_ ~gone~', '**bold** _it_ ~~gone~~'],
  ['`*code* &lt;` *b*', '`*code* <` **b**'],
  ['<https://example.org>', 'https://example.org'],
  ['<mailto:a@example.org|a@example.org>', '[a@example.org](mailto:a@example.org)'],
  ['<#C1|general> <!here> <!subteam^S1|@team>', '#general @all @team'],
  ['<@U5>', '@U5'],
  ['2 * 3 * 4', '2 * 3 * 4'],
] as const)
  test(`Slack's ${JSON.stringify(slack)} is ${JSON.stringify(markdown)}`, () =>
    assert.equal(markdownOf(slack, { username: () => undefined }).text, markdown))
