import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { type BareWs, socketIo } from './bare-ws.ts'
import { PASSWORD } from './person.ts'
import { openTalk, type Talk } from './talk.ts'

// One request in each dialect for something that has to be stored.

export interface Place {
  readonly talk: Talk
  readonly url: string
  readonly chatapp: BareWs
  readonly groups: BareWs
}

/** Asks for something that has to be stored. Resolves with the server's answer, without what varies. */
type Attempt = (place: Place, text: string) => Promise<unknown>

/** Takes the first frame of a connection that fits, and resolves with its payload. */
const take = (ws: BareWs, part: RegExp): Promise<string> =>
  until(`${part}`, () => {
    const at = ws.frames.findIndex(({ payload }) => part.test(payload.toString()))
    return at < 0 ? undefined : ws.frames.splice(at, 1)[0]?.payload.toString()
  })

export const toChatapp = async ({ chatapp }: Place, fields: object, part: RegExp) =>
  JSON.parse(await take(chatapp.say(JSON.stringify(fields)), part))

export const toGroups = async (
  { groups, talk: { ann } }: Place,
  event: string,
  fields: object,
  part: RegExp,
) => {
  groups.say(`42${JSON.stringify([event, { username: ann.username, ...fields }])}`)
  return JSON.parse((await take(groups, part)).slice(2))
}

export const statusAndJson = async (answer: ReturnType<typeof ask>) => {
  const { status, json } = await answer
  return [status, json] as const
}

export interface Case {
  readonly attempt: Attempt
  readonly whenFull: unknown
}

interface Send extends Case {
  /** The answer when the commit may have been done, or not. */
  readonly whenUnknown: unknown
}

const SORRY = 'server is unavailable, try again later'
export const INTERNAL = { ok: false, error: { code: 500, message: 'Internal server error.' } }
export const SERVICE_UNAVAILABLE = {
  status_code: 503,
  details: { message: 'The service is not available, try again.', code: 'SERVICE_UNAVAILABLE' },
}

export const SENDS: Readonly<Record<string, Send>> = {
  rooms: {
    attempt: ({ url, talk: { gid, ann } }, msg) =>
      statusAndJson(ask(url, '/send-message', { room_gid: gid, msg }, { user: ann.uuid })),
    whenFull: [200, INTERNAL],
    whenUnknown: [
      200,
      {
        ok: false,
        error: { code: 500, message: 'Internal server error: it is not known whether this was stored.' },
      },
    ],
  },
  chatapp: {
    attempt: async (place, content) => {
      const event = { type: 'send_message', conversation_id: place.talk.id, content }
      // Messages that others send to the talk come as well.
      const { success, error } = await toChatapp(place, event, new RegExp(`"success":false|${content}`))
      return [success, error]
    },
    whenFull: [false, SORRY],
    whenUnknown: [false, 'it is not known whether this was stored'],
  },
  groups: {
    attempt: async (place, text) => {
      const fields = { group_name: place.talk.gid, text }
      const answer = await toGroups(place, 'send_message', fields, /"(message_sent|invalid_request)"/)
      return answer[0] === 'invalid_request' ? answer : answer[0]
    },
    whenFull: ['invalid_request', { Error: 'The request could not be carried out. Please try again later.' }],
    whenUnknown: ['invalid_request', { Error: 'It is not known whether the request was carried out.' }],
  },
  messenger: {
    attempt: ({ url, talk: { id, ann } }, contents) =>
      statusAndJson(ask(url, `/chat/${id}/message`, { contents }, ann.messenger)),
    whenFull: [503, SERVICE_UNAVAILABLE],
    whenUnknown: [
      500,
      {
        status_code: 500,
        details: { message: 'It is not known whether this was stored.', code: 'OUTCOME_UNKNOWN' },
      },
    ],
  },
  channels: {
    attempt: ({ url, talk: { ann, bob, channel } }, message) =>
      statusAndJson(
        ask(url, '/api/send_message', { from_user: ann.id, to_user: bob.id, channel, message }, ann.channels),
      ),
    whenFull: [503, { status: 'error', message: 'Temporarily unavailable' }],
    whenUnknown: [500, { status: 'error', message: 'It is not known whether this was stored' }],
  },
}

/** Two people who talk, with connections in the dialects that need one. */
export async function openPlace(url: string): Promise<Place> {
  const talk = await openTalk(url)
  const place = { talk, url, chatapp: await talk.ann.chatapp(), groups: await socketIo(url) }
  await toGroups(place, 'find_user', { password: PASSWORD }, /user_found/)
  return place
}

async function readiness(url: string): Promise<readonly [number, unknown]> {
  const { status, json } = await ask(url, '/readyz')
  return [status, json]
}

export const READY = [200, { status: 'ok', store: 'ok', bus: 'ok' }]
export const NOT_READY = [503, { status: 'unavailable', store: 'unavailable', bus: 'ok' }]

export const untilReadiness = (url: string, wanted: readonly unknown[]) =>
  until(`readiness ${wanted[0]}`, async () => JSON.stringify(await readiness(url)) === JSON.stringify(wanted))
