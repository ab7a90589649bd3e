import assert from 'node:assert/strict'
import { refuses, type World } from './world.ts'

/** Names that were possible before looks were compared, in the order in which they came. */
export const OLD_NAMES = [
  'аӏісе',
  'Alice',
  'alice\u200b',
  '\u202ealice',
  'Straße',
  'STRASSE',
  'Zoë',
  '\u200b',
]

/** Checks a store that has these names, and the open conversations "Straße" and "Strasse". */
export async function namesStay(world: World): Promise<void> {
  const { accounts, conversations } = world.store
  for (const name of OLD_NAMES) assert.equal((await accounts.findByUsername(name))?.username, name)
  for (const [typed, username] of [
    ['ALICE', 'Alice'],
    ['al\u00adice', 'Alice'],
    [' zoë', 'Zoë'],
    ['strasse', 'STRASSE'],
  ] as const)
    assert.equal((await accounts.findByUsername(typed))?.username, username, typed)
  for (const name of ['alice\u2060', 'ɑlice', 'strasse ', 'zoe\u0308\u200b'])
    await refuses(world.account(name), 'name_taken')
  for (const name of ['Straße', 'Strasse'])
    assert.equal((await conversations.findOpenByName(name))?.name, name)
  const ann = await world.account('ann')
  await refuses(world.create('open', [ann], { name: 'ѕtraße' }), 'conversation_name_taken')
}
