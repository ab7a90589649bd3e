/** The names of the requests that a client may make. */
export const EVENTS = [
  ...['find_user', 'create_group', 'join_group', 'leave_group', 'visit_group', 'enter_group', 'send_message'],
]
