/** What a client may ask for by name. */
export const EVENTS = [
  ...['find_user', 'create_group', 'join_group', 'leave_group', 'visit_group', 'enter_group', 'send_message'],
]
