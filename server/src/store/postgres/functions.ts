import { readFileSync } from 'node:fs'
import { SENT_STRIDE } from '../sent-stride.ts'
import {
  LEAST_FILE_BYTES,
  MAX_INVITES,
  MAX_REACTION_KEYS,
  MAX_REQUEST_KEYS,
  REQUEST_KEY_LIFE,
} from '../store.ts'
import type { WriteName } from '../writes.ts'
import { mentionsAfter, PREFERENCE_COLUMNS, READ_SEQ, unreadAfter } from './own-views.ts'
import {
  CONVERSATION_COLUMNS,
  DETAIL_COLUMNS,
  INVITE_COLUMNS,
  isBlocked,
  MEMBER_COLUMNS,
  MESSAGE_COLUMNS,
} from './rows.ts'

// The writes are functions of the database, in `functions/*.sql`: see `functions/batch.sql`. PostgreSQL checks
// functions of plain SQL when they are made, so each file comes after those whose functions it calls.
const FILES = [
  ...[
    'batch',
    'admission',
    'changes',
    'numbers',
    'request-keys',
    'accounts',
    'sessions',
    'audit',
    'removals',
    'contacts',
    'members',
    'roles',
    'conversation-removals',
    'exits',
    'invites',
    'memberships',
    'conversations',
    'messages',
    'search',
    'edits',
    'deletions',
    'retention',
    'files',
    'reactions',
  ],
  'page-bounds',
]

/** Texts that replace `:name` in the files, as psql replaces variables. */
const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['conversation_columns', CONVERSATION_COLUMNS],
  ['invite_columns', INVITE_COLUMNS],
  ['member_columns', MEMBER_COLUMNS],
  ['message_columns', MESSAGE_COLUMNS],
  ['detail_columns', DETAIL_COLUMNS],
  ['is_sender_blocked', isBlocked('s.sender')],
  ['is_editor_blocked', isBlocked('editor')],
  ['read_seq', READ_SEQ],
  ['unread_after_mark', unreadAfter('mark')],
  ['mentions_after_mark', mentionsAfter('mark', 'account')],
  ['preference_columns', PREFERENCE_COLUMNS],
  ['sent_stride', `${SENT_STRIDE}`],
  ['is_pinner_blocked', isBlocked('pinner')],
  ['is_account_blocked', isBlocked('account')],
  ['max_reaction_keys', `${MAX_REACTION_KEYS}`],
  ['least_file_bytes', `${LEAST_FILE_BYTES}`],
  ['max_invites', `${MAX_INVITES}`],
  ['max_request_keys', `${MAX_REQUEST_KEYS}`],
  ['request_key_life', `${REQUEST_KEY_LIFE}`],
])

// Not the second colon of a cast.
const VARIABLE = /(?<!:):([a-z]\w*)/g

function read(file: string): string {
  const text = readFileSync(new URL(`./functions/${file}.sql`, import.meta.url), 'utf8')
  return text.replaceAll(VARIABLE, (_, name: string) => {
    const value = VARIABLES.get(name)
    if (value === undefined) throw new Error(`${file}.sql names a variable that there is not: ${name}`)
    return value
  })
}

/** As they are in this version: replaced as a whole when the database has others. */
export const FUNCTIONS = FILES.map(read).join('\n')

/** The step of a batch in which sends that follow one another are one. */
export const SENDS = 'sends'

/** The step of a batch that runs one send with files. */
export const SEND_WITH_FILES = 'append_with_files'

/** The step of a batch that runs a write: `chat_` and this is the name of its function. */
export const stepOf = (name: WriteName): string =>
  name === 'messages.append'
    ? SENDS
    : name.replace('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
