import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type NameField, nameFault, newName } from '../../src/core/names.ts'
import { foldedName, isSameName, nameKey, nameLook } from '../../src/lib/name-forms.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'
import { deep } from '../support/deep.ts'

const FIELDS: readonly NameField[] = ['username', 'displayName', 'conversationName']

/** Names that people have. */
const ORDINARY = [
  ...[
    'alice',
    'Zoë',
    'Zoe\u0308',
    "O'Neil",
    'O’Neil',
    'Hawaiʻi',
    'John Smith',
    'a.b+c@example.org',
    '<script>',
    '-',
  ],
  ...['Иван', 'Ёжик', 'Νίκος', 'Հայկ', 'გიორგი', 'דָּוִד', 'محمد', 'علی\u200cرضا', 'नमस्ते', 'বাংলা', 'ক্\u200dষ'],
  ...['ශ්\u200dරී', 'தமிழ்', 'ที่นี่', 'မြန်မာ', 'ខ្មែរ', 'བསྒྲུབས', 'አማርኛ', 'ᏣᎳᎩ', 'ᠮᠣᠩᠭᠣᠯ', 'ⴰⵎⴰⵣⵉⵖ', 'ệ'],
  ...[
    '山田　太郎',
    'ｼﾞｮﾝ',
    'Sato佐藤',
    '佐藤さんのPC',
    'コンピューター',
    '한국어abc',
    '王ㄨㄤˊWang',
    '渡邉\u{E0102}',
  ],
  ...['Ann 🦊', '👩‍💻', '👋🏽', '🏳️‍🌈', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '❤️', '☃︎', '½', 'ﬁne', 'ᚱᚢᚾᛖ', '٣', '№1'],
]

test('people may be called as people are, in every script and with emoji', () => {
  for (const name of ORDINARY)
    for (const field of FIELDS) assert.equal(nameFault(name, field), undefined, `${field} ${name}`)
})

test('a name has something to see and nothing that cannot be seen', () => {
  const faults = {
    blank: [
      '',
      ' ',
      '\u00a0\u3000',
      '\u200b',
      '\u3164',
      '\u115f\u1160',
      '\u2800',
      '\n',
      '\ue000',
      '\u{E0041}',
    ],
    invisible: [
      ...[
        'alice\u200b',
        'al\u00adice',
        '\u202eecila',
        '\u2066alice\u2069',
        'alice\n',
        'a\tb',
        'a\0b',
        'x\r\ny: z',
      ],
      ...[
        'a\u2028b',
        'a\u200db',
        'a\u200cb',
        'alice\ufe0f',
        '1\ufe0f',
        'a\u034fb',
        'a\u3164',
        'a\u2800b',
        '\ufeffa',
      ],
      ...[
        'a\ue000',
        'a\u0378',
        'a\ud800',
        'a\uffff',
        'a\u{E0067}',
        '🏴\u{E0061}\u{E007F}',
        'علی\u200b',
        'a\u{E0100}',
      ],
      ...['👩\u200d', '\u200d👩', '🦊\u2060', 'a\u061cb', 'ب\u200d', 'a\u206fb', 'a\ufff9b', 'a\ufffcb'],
    ],
    marks: [
      '\u0301a',
      'a \u0301',
      'a\u0301\u0301',
      `a${'\u0300\u0301\u0302\u0303\u0304'}`,
      'ấ\u0309\u0303\u0323',
    ],
  }
  for (const [fault, names] of Object.entries(faults))
    for (const name of names)
      for (const field of FIELDS)
        assert.equal(nameFault(name, field), fault, `${field} ${JSON.stringify(name)}`)
})

test('a username is of one script, or of those that are written together', () => {
  for (const name of [
    'аlice',
    'аlісе',
    'Яlice',
    'αlice',
    'Иван Smith',
    'ไทยabc',
    '日本語ж',
    '한국어ひらがな',
    'aب',
    'kΩ',
  ])
    assert.equal(nameFault(name, 'username'), 'scripts', name)
})

test('the names that people only read may mix scripts, but no word may be disguised', () => {
  for (const field of ['displayName', 'conversationName'] as const) {
    for (const name of ['аlice', 'Smith Аlice', 'pаypal', 'ΝATO'])
      assert.equal(nameFault(name, field), 'scripts', name)
    for (const name of ['Команда DevOps', 'Иван Smith', 'kΩ', 'Δt', '5 µm', 'α-version', 'Яndex'])
      assert.equal(nameFault(name, field), undefined, name)
  }
})

test('spaces at the ends of a name are not part of it', () => {
  for (const field of FIELDS) assert.equal(newName('\u00a0 alice smith\u3000', field), 'alice smith')
})

test('a million spaces within a name are looked at once', () => {
  const name = `a${' '.repeat(500_000)}${'\u00a0'.repeat(500_000)}b`
  for (const field of FIELDS) assert.equal(newName(` ${name} `, field), name)
})

test('names that differ only in what nobody sees fold alike, and others do not', () => {
  const alike = [
    'Straße  1',
    'STRASSE 1',
    'ſtrasse\u00a01',
    ' strasse 1 ',
    'stra\u00ad\u200bsse\u202e 1',
    'Ｓｔｒａßｅ 1',
  ]
  for (const name of alike) assert.ok(isSameName(name, 'strasse 1'), JSON.stringify(name))
  assert.ok(isSameName('ΟΔΥΣΣΕΥΣ', 'οδυσσευς') && isSameName('İSTANBUL', 'istanbul'))
  for (const other of ['strasse1', 'strässe 1', 'strasse l'])
    assert.ok(!isSameName(other, 'strasse 1'), other)
})

test('a name looks like one of other letters that fonts draw alike', () => {
  for (const [name, look] of Object.entries({
    аӏісе: 'alice',
    ВОВ: 'bob',
    ρορ: 'pop',
    'O’Neil': "o'neil",
    ꓐꓳꓐ: 'bob',
  }))
    assert.equal(nameLook(name), look)
  for (const name of ['alice', 'юля', 'שלום', '山田', 'l1', 'user-1']) assert.equal(nameLook(name), name)
})

test('every form follows from the one before it, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.equal(foldedName(nameKey(name)), foldedName(name))
      assert.equal(foldedName(foldedName(name)), foldedName(name))
      assert.equal(nameLook(foldedName(name)), nameLook(name))
      assert.equal(nameLook(nameLook(name)), nameLook(name))
    }),
    { numRuns: deep(500) },
  )
  for (let codePoint = 0; codePoint < 0x600; codePoint++) {
    const name = `a${String.fromCodePoint(codePoint)}`
    assert.equal(foldedName(foldedName(name)), foldedName(name), codePoint.toString(16))
    for (const other of [name.toUpperCase(), name.toLowerCase()])
      assert.equal(foldedName(other), foldedName(name), codePoint.toString(16))
  }
})

test('an endless run of accents is never sorted to look for a name', () => {
  const endless = `a${'\u0301\u0323'.repeat(60_000)}`
  for (const form of [nameKey, foldedName]) assert.equal(form(endless), endless)
})

test('nobody is registered, admitted or made a group under a name that is none', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const refused = (field: NameField, fault: string) => ({ code: 'name_refused', details: { field, fault } })
  const bad = 'a\u200b'
  await assert.rejects(
    chat.accounts.register({ username: bad, password: PASSWORD }),
    refused('username', 'invisible'),
  )
  const named = { username: 'bob', displayName: 'Bob\n', password: PASSWORD }
  await assert.rejects(chat.accounts.register(named), refused('displayName', 'invisible'))
  await assert.rejects(chat.accounts.admitGuest(' \u3164'), refused('username', 'blank'))
  const { accountId } = people.ann
  await assert.rejects(
    chat.conversations.createOpen(accountId, 'аlice'),
    refused('conversationName', 'scripts'),
  )
  await assert.rejects(
    chat.conversations.createGroup(accountId, [], '\u0301'),
    refused('conversationName', 'marks'),
  )
  assert.equal((await chat.accounts.admitGuest('bob ')).username, 'bob')
  assert.equal((await chat.conversations.createOpen(accountId, ' tea\u3000')).conversation.name, 'tea')
})

test('a name that looks like another is taken', async (t) => {
  const { chat } = await chatWith(t, 'alice', 'Иван', 'straße')
  const taken = ['аӏісе', 'ALICE', 'alice ', 'ИВАН', 'STRASSE', 'stra\u017fse']
  for (const username of taken) {
    await assert.rejects(
      chat.accounts.register({ username, password: PASSWORD }),
      { code: 'name_taken' },
      username,
    )
    await assert.rejects(chat.accounts.admitGuest(username), { code: 'name_taken' }, username)
  }
})

test('people are found as their names are typed, but nobody by what merely looks like a name', async (t) => {
  const { chat, people } = await chatWith(t, 'Alice Smith', 'straße', 'сор')
  for (const [typed, { accountId }] of [
    ['alice\u00a0 SMITH\n', people['Alice Smith']],
    ['STRASSE', people.straße],
    ['СОР', people.сор],
  ] as const) {
    assert.equal((await chat.accounts.findByUsername(typed))?.accountId, accountId, typed)
    const login = { login: typed, password: PASSWORD, by: 'username' } as const
    assert.equal((await chat.credentials.authenticate(login)).accountId, accountId, typed)
  }
  assert.equal(await chat.accounts.findByUsername('cop'), undefined)
  assert.equal(await chat.accounts.findByUsername('\u200b'), undefined)
})

test('an address finds its own account before a name that is merely folded alike', async (t) => {
  const { chat } = await chatWith(t)
  const [email, username] = ['straße@example.org', 'strasse@example.org']
  const ann = await chat.accounts.register({ username: 'ann', email, password: PASSWORD })
  const eve = await chat.accounts.register({ username, password: `${PASSWORD}!` })
  const by = 'username or email'
  assert.equal(
    (await chat.credentials.authenticate({ login: email, password: PASSWORD, by })).username,
    ann.username,
  )
  const asName = { login: username, password: `${PASSWORD}!`, by } as const
  assert.equal((await chat.credentials.authenticate(asName)).username, eve.username)
})
