import {
  AccountRemoval,
  LogIn,
  NewAccount,
  OwnAccount,
  PasswordChange,
  ProfileChange,
  Session,
  SignedIn,
} from '../account.ts'
import { ExportLine, ExportRequest } from '../export.ts'
import { SessionId } from '../ids.ts'
import { operation } from '../operation.ts'
import { pageOf } from '../shapes.ts'

const ME = '/v1/me'

/** One's own account and its log-ins. */
export const ACCOUNT_OPERATIONS = {
  createAccount: operation({
    method: 'POST',
    path: '/v1/accounts',
    summary: 'Register',
    tag: 'accounts',
    since: 1,
    isOpen: true,
    body: NewAccount,
    answers: { 201: SignedIn },
    refuses: ['name_taken', 'email_taken', 'registration_closed', 'busy'],
  }),
  createSession: operation({
    method: 'POST',
    path: '/v1/sessions',
    summary: 'Log in',
    tag: 'accounts',
    since: 1,
    isOpen: true,
    body: LogIn,
    answers: { 201: SignedIn },
    refuses: ['wrong_credentials', 'busy'],
  }),
  listSessions: operation({
    method: 'GET',
    path: '/v1/sessions',
    summary: 'List your log-ins, the one used last first',
    tag: 'accounts',
    since: 1,
    answers: { 200: pageOf(Session) },
  }),
  endSession: operation({
    method: 'DELETE',
    path: '/v1/sessions/{s}',
    summary: 'End one log-in, which may be this one',
    tag: 'accounts',
    since: 1,
    params: { s: SessionId },
    answers: { 204: null },
  }),
  endOtherSessions: operation({
    method: 'DELETE',
    path: '/v1/sessions',
    summary: 'End every log-in but this one, with every token and secret of all dialects',
    tag: 'accounts',
    since: 1,
    answers: { 204: null },
  }),
  getMe: operation({
    method: 'GET',
    path: ME,
    summary: 'Show your account',
    tag: 'accounts',
    since: 1,
    answers: { 200: OwnAccount },
  }),
  changeMe: operation({
    method: 'PATCH',
    path: ME,
    summary: 'Change your profile or settings',
    description: 'Null clears a field: the display name becomes the username, bio and e-mail become null.',
    tag: 'accounts',
    since: 1,
    body: ProfileChange,
    answers: { 200: OwnAccount },
    refuses: ['email_taken'],
  }),
  changePassword: operation({
    method: 'PUT',
    path: '/v1/me/password',
    summary: 'Change your password, which ends every other log-in in all dialects',
    tag: 'accounts',
    since: 1,
    body: PasswordChange,
    answers: { 204: null },
    refuses: ['wrong_credentials', 'busy'],
  }),
  exportMe: operation({
    method: 'POST',
    path: '/v1/me/export',
    summary: 'Take with you all that is your own',
    description:
      "Your profile, contacts, blocks, memberships, messages, reactions and files, as lines of JSON; nobody else's text. Leave out lines of a kind that you do not know. The last line is of the kind `end`: without it, something is missing. Once an hour.",
    tag: 'accounts',
    since: 1,
    isStream: true,
    body: ExportRequest,
    answers: { 200: ExportLine },
    refuses: ['wrong_credentials', 'busy'],
  }),
  removeMe: operation({
    method: 'DELETE',
    path: ME,
    summary: 'Delete your account for good, with or without its messages',
    tag: 'accounts',
    since: 1,
    body: AccountRemoval,
    answers: { 202: null },
    refuses: ['wrong_credentials', 'busy'],
  }),
}
