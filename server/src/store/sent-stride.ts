/**
 * Places that a member's messages may go on before its row says so: a send writes `members.sent_seq` only when it is so
 * far behind, and a reader looks through that many places for the member's last message.
 */
export const SENT_STRIDE = 64
