import type { ProblemCode } from '@parlance/protocol'

/** For each kind of problem, why it comes and what a client does about it. */
export const ADVICE: Readonly<Record<ProblemCode, string>> = {
  invalid_request:
    'A field, a parameter or a header is missing, unknown, or has a value that is not allowed. `errors` points to each: `#/members/0` into the body, `?limit` at the query, `{c}` at the path. This is a slip of the program, unless it passes on what a person has typed.',
  with_yourself: 'A conversation, a contact or a block needs somebody else.',
  not_authorized:
    'The token or the cookie is missing, or the session that it stands for has ended. Log in anew.',
  wrong_credentials:
    'Nobody has this login, or the password is another one; which of the two is not told, and guests have none. Ask the person again. After 20 wrong ones even the right password has to wait.',
  forbidden:
    'What you may do in a conversation is in the `can` of its listing: show no button for anything else.',
  message_refused:
    'Either you may read here and not write, or the other in a private conversation has blocked you. What was written can be kept as a draft.',
  not_the_owner: 'Messages are edited by those who wrote them, and by nobody else.',
  cross_site:
    'A browser sent its cookie with a request that a page of another site had made. Programs, and pages of other origins that the operator lists, use a token instead.',
  registration_closed: 'Accounts are made by the operator of this server.',
  quota_exceeded:
    'Each account has room for so many bytes of files (`FILES_QUOTA`), and the least file counts for 64 KiB. Files go when their messages are deleted, and a day after their upload where they hang on none.',
  range_not_satisfiable: 'The part begins behind the end of the file, whose size `Content-Range` tells.',
  upload_elsewhere:
    'Bytes were sent twice, or got lost on the way. `Upload-Offset` tells where the upload stands; HEAD does, too. Go on from there, as tus clients do by themselves.',
  upload_locked:
    'An earlier request for this upload has not ended, perhaps on a connection that the client has given up already. Try again in a second.',
  not_found:
    'The path, or something that it names, is not there, or you may not know that it is. The two are answered alike.',
  not_a_member:
    'You have left this conversation, were removed, or have never been in it. The status is 403 where everybody may find the conversation: join it first.',
  method_not_allowed: '`Allow` lists the methods of this path.',
  conflict: 'Fetch what is there now, and decide anew.',
  idempotency_key_reused: 'Make a new key for each thing that you want done once.',
  idempotency_key_in_use:
    'Wait a moment, and ask again with the same key: the answer will be that of the first.',
  client_id_reused:
    'A `clientId` is for one message, wherever it goes. Make a new one for each message, best a UUID of version 7: it begins with the time, and ids that come in order are stored with less work.',
  name_taken: 'Names that look alike count as one, and names of guests and deleted accounts are taken too.',
  email_taken: 'Somebody with this address can log in with it instead.',
  conversation_name_taken:
    'Open conversations are entered by their names, so no two that look alike may be there.',
  already_a_contact: 'There is nothing to do.',
  precondition_failed:
    'Somebody has changed or deleted the text since the version in `If-Match`. Fetch the message, show it, and ask whether to overwrite it.',
  payload_too_large: 'The body has more bytes than this request may have.',
  message_too_long:
    '`limits.maxMessageBytes` of GET /v1/server says how many bytes of UTF-8 a text may have.',
  unsupported_media_type: 'Send the header `content-type: application/json`.',
  rate_limited:
    'Wait for the seconds in `Retry-After`. `RateLimit` says with every answer what is left, so that a client need not run into this.',
  internal_error:
    'This is a bug of the server. `instance` names the request; whoever runs the server finds it in the log by that.',
  outcome_unknown:
    'The database went away while it was storing. A message can be sent again with the same `clientId`; for anything else, look first.',
  busy: 'The server does as much as it can. Wait for the seconds in `Retry-After`.',
  unavailable: 'The server cannot reach its database. Wait for the seconds in `Retry-After`.',
}
