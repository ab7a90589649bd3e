import { Account, Person } from '../account.ts'
import { AccountId } from '../ids.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'
import { Type } from '../type.ts'

const params = { a: AccountId }
const CONTACT = '/v1/contacts/{a}'
const BLOCK = '/v1/blocks/{a}'

/** Other accounts, and what one makes of them. */
export const PEOPLE_OPERATIONS = {
  searchAccounts: operation({
    method: 'GET',
    path: '/v1/accounts',
    summary: 'Find accounts by the beginning of a name',
    description:
      'By the username or the display name, whatever its case; never by the e-mail address. Guests are not found, nor are accounts that are disabled, deleted, or have blocked you. A page may have fewer items than asked for, and still a `next`.',
    tag: 'people',
    since: 1,
    query: closed({ search: Type.String({ minLength: 2, maxLength: 200 }), ...PageQuery }),
    answers: { 200: pageOf(Account) },
  }),
  getAccount: operation({
    method: 'GET',
    path: '/v1/accounts/{a}',
    summary: 'Show an account',
    description: 'One that has blocked you is not found.',
    tag: 'people',
    since: 1,
    params,
    answers: { 200: Account },
  }),
  listContacts: operation({
    method: 'GET',
    path: '/v1/contacts',
    summary: 'List your contacts',
    description:
      'Without those who have blocked you. A page may have fewer items than asked for, and still a `next`.',
    tag: 'people',
    since: 1,
    query: closed(PageQuery),
    answers: { 200: pageOf(Account) },
  }),
  addContact: operation({
    method: 'PUT',
    path: CONTACT,
    summary: 'Make an account your contact, and yourself theirs',
    tag: 'people',
    since: 1,
    params,
    answers: { 200: Account },
    refuses: ['with_yourself'],
  }),
  removeContact: operation({
    method: 'DELETE',
    path: CONTACT,
    summary: 'Be no contacts any more, on both sides',
    tag: 'people',
    since: 1,
    params,
    answers: { 204: null },
  }),
  listBlocks: operation({
    method: 'GET',
    path: '/v1/blocks',
    summary: 'List whom you have blocked',
    tag: 'people',
    since: 1,
    query: closed(PageQuery),
    answers: { 200: pageOf(Person) },
  }),
  block: operation({
    method: 'PUT',
    path: BLOCK,
    summary: 'Block an account',
    description:
      'It does not find your account any more, sees you offline, cannot add, invite, mention or contact you, nor write in your private conversation. Groups in common go on. An account that has blocked you can be blocked too.',
    tag: 'people',
    since: 1,
    params,
    answers: { 200: Person },
    refuses: ['with_yourself'],
  }),
  unblock: operation({
    method: 'DELETE',
    path: BLOCK,
    summary: 'Block an account no longer',
    tag: 'people',
    since: 1,
    params,
    answers: { 204: null },
  }),
}
