import {
  AccountStatus,
  AdministeredAccount,
  AdministeredAccountDetails,
  AdministeredConversation,
  AuditedAct,
  BackUp,
  Figures,
  Totals,
} from '../administration.ts'
import { AccountId, ConversationId, SessionId } from '../ids.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'
import { Type } from '../type.ts'

const ACCOUNTS = '/v1/admin/accounts'
const ACCOUNT = `${ACCOUNTS}/{a}`
const CONVERSATIONS = '/v1/admin/conversations'

const tag = 'administration'
const since = 6
const params = { a: AccountId }
const Search = Type.String({ minLength: 1, maxLength: 200, title: 'A part of a name' })

const SHORT_PAGES = 'A page may have fewer items than asked for, and still a `next`.'
const NOTED =
  'The act is noted in the audit log. It is refused about yourself and about another administrator.'

/** Requests that are for administrators of the server alone. */
export const ADMINISTRATION_OPERATIONS = {
  listAdministeredAccounts: operation({
    method: 'GET',
    path: ACCOUNTS,
    summary: 'List all accounts, or those of a name or a status',
    description: `By their ids. \`search\` is a part of a username, a display name or an e-mail address. ${SHORT_PAGES}`,
    tag,
    since,
    query: closed({
      search: Type.Optional(Search),
      status: Type.Optional(AccountStatus),
      ...PageQuery,
    }),
    answers: { 200: pageOf(AdministeredAccount) },
    refuses: ['forbidden'],
  }),
  getAdministeredAccount: operation({
    method: 'GET',
    path: ACCOUNT,
    summary: 'Show an account, how much it has, and where it is logged in',
    tag,
    since,
    params,
    answers: { 200: AdministeredAccountDetails },
    refuses: ['forbidden'],
  }),
  disableAccount: operation({
    method: 'POST',
    path: `${ACCOUNT}/disable`,
    summary: 'Keep an account out',
    description: `Its sessions end, its connections close, and nobody can log in as it. ${NOTED}`,
    tag,
    since,
    params,
    answers: { 204: null },
    refuses: ['forbidden', 'with_yourself'],
  }),
  enableAccount: operation({
    method: 'POST',
    path: `${ACCOUNT}/enable`,
    summary: 'Let a disabled account in again',
    description: `With the password that it had. ${NOTED}`,
    tag,
    since,
    params,
    answers: { 204: null },
    refuses: ['forbidden', 'with_yourself'],
  }),
  signOutAccount: operation({
    method: 'POST',
    path: `${ACCOUNT}/sign-out`,
    summary: 'Log an account out everywhere',
    description: NOTED,
    tag,
    since,
    params,
    answers: { 204: null },
    refuses: ['forbidden', 'with_yourself'],
  }),
  endAdministeredSession: operation({
    method: 'DELETE',
    path: `${ACCOUNT}/sessions/{s}`,
    summary: 'End one log-in of an account',
    description: `Its connections close. One that is gone already may be ended again. ${NOTED}`,
    tag,
    since: 7,
    params: { ...params, s: SessionId },
    answers: { 204: null },
    refuses: ['forbidden', 'with_yourself'],
  }),
  deleteAccount: operation({
    method: 'DELETE',
    path: ACCOUNT,
    summary: 'Delete an account for good',
    description: `Its messages stay without its name, unless they are to go, too. A guest goes by itself. ${NOTED}`,
    tag,
    since,
    params,
    query: closed({ messages: Type.Optional(Type.Enum(['keep', 'delete'], { default: 'keep' })) }),
    answers: { 202: null },
    refuses: ['forbidden', 'with_yourself', 'conflict'],
  }),
  listAdministeredConversations: operation({
    method: 'GET',
    path: CONVERSATIONS,
    summary: 'List all conversations, or those of a name',
    description: `By their ids, without what is said there. ${SHORT_PAGES}`,
    tag,
    since,
    query: closed({ search: Type.Optional(Search), ...PageQuery }),
    answers: { 200: pageOf(AdministeredConversation) },
    refuses: ['forbidden'],
  }),
  deleteConversation: operation({
    method: 'DELETE',
    path: `${CONVERSATIONS}/{id}`,
    summary: 'Delete a group or an open conversation for good',
    description:
      'Nobody finds it any more. Its members go, as if each had left, and then its messages with their files. The act is noted in the audit log. A private conversation is refused: it stays its pair’s.',
    tag,
    since,
    params: { id: ConversationId },
    answers: { 202: null },
    refuses: ['forbidden'],
  }),
  listActs: operation({
    method: 'GET',
    path: '/v1/admin/audit',
    summary: 'List the acts of administrators and operators, newest first',
    tag,
    since,
    query: closed(PageQuery),
    answers: { 200: pageOf(AuditedAct) },
    refuses: ['forbidden'],
  }),
  startBackUp: operation({
    method: 'POST',
    path: '/v1/admin/backup',
    summary: 'Begin a back-up of everything',
    description:
      'It goes where the operator has said (`BACKUP_DIR`), and is refused (`forbidden`) where none is set, and (`conflict`) while one runs. The answer does not wait for its end. The act is noted in the audit log.',
    tag,
    since: 7,
    answers: { 202: BackUp },
    refuses: ['forbidden', 'conflict'],
  }),
  getBackUp: operation({
    method: 'GET',
    path: '/v1/admin/backup',
    summary: 'Show how far a back-up is, and which is the newest',
    description: 'The one that runs is shown by each node, whichever makes it.',
    tag,
    since: 7,
    answers: { 200: BackUp },
    refuses: ['forbidden'],
  }),
  getFigures: operation({
    method: 'GET',
    path: '/v1/admin/figures',
    summary: 'Show live figures of the node that answers',
    tag,
    since,
    answers: { 200: Figures },
    refuses: ['forbidden'],
  }),
  getTotals: operation({
    method: 'GET',
    path: '/v1/admin/totals',
    summary: 'Count everything that there is',
    tag,
    since,
    answers: { 200: Totals },
    refuses: ['forbidden'],
  }),
}
