/** The subjects that operations are listed by, in the order of the documents. */
export const SUBJECTS = {
  server: 'What the server is and can do.',
  accounts: 'Your account, and your log-ins on every device.',
  people: 'Other accounts, contacts and blocks.',
  conversations: 'Private conversations, groups and open conversations, and your own side of each.',
  directory: 'Open conversations that everybody may find and enter.',
  members: 'Members and their roles.',
  invites: 'Codes that let whoever has one join.',
  messages: 'Sending, reading, editing and deleting.',
  files: 'Uploading files by tus, and showing them.',
  administration: 'What administrators of the server alone may do.',
} as const

export type Subject = keyof typeof SUBJECTS
