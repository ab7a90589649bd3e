import {
  FEATURE_LEVEL,
  FRAMES,
  type FrameKind,
  type ProblemCode,
  REQUESTS,
  type RequestKind,
  SOCKET_PATH,
  SUBPROTOCOL,
} from '@parlance/protocol'
import { Components, type JsonSchema } from './json-schema.ts'
import { requestCodesOf } from './problem-codes.ts'

const DESCRIPTION = `The socket of the native dialect of Parlance: JSON text frames, of at most 128 KiB each, with the subprotocol \`${SUBPROTOCOL}\`.

- The first frame is \`hello\`; a frame with an \`id\` is answered by one with the same \`re\`, in order.
- \`x-ok\` of a request is the \`ok\` of its answer, and \`x-problem-codes\` are the codes that its \`error\` may have.
- \`x-feature-level\` says since which \`featureLevel\` (\`GET /v1/server\`) a frame, a schema or a field is there.
- Frames may grow, and new kinds may come: ignore what you do not know.
- Close codes 4000 to 4099 mean not to come back, 4100 to 4199 to come back with back-off, 4200 to 4299 at once.`

interface Message {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly description?: string
  readonly payload: JsonSchema
  readonly 'x-feature-level': number
  readonly 'x-direction': 'client' | 'server'
  /** The `ok` of a request's answer. */
  readonly 'x-ok'?: JsonSchema
  readonly 'x-problem-codes'?: readonly ProblemCode[]
}

export interface AsyncApi {
  readonly asyncapi: string
  readonly info: object
  readonly defaultContentType: string
  readonly servers: object
  readonly channels: object
  readonly operations: object
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: object
  }
}

const INFO = {
  title: 'Parlance',
  version: `1.${FEATURE_LEVEL}.0`,
  description: DESCRIPTION,
  license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
}

const SESSION = {
  type: 'http',
  scheme: 'bearer',
  description: "A session's token, in `hello`; a browser's cookie needs none.",
}

const CHANNEL = '#/channels/socket'
const reference = ($ref: string) => ({ $ref })

/** The document of the socket. `url` is where people reach the server. */
export function asyncApi(url = 'http://localhost:8000'): AsyncApi {
  const components = new Components('draft-07')
  const messages = Object.fromEntries(FRAMES.map((frame) => [keyOf(frame), messageOf(frame, components)]))
  const { host, protocol } = new URL(url)
  return {
    asyncapi: '3.0.0',
    info: INFO,
    defaultContentType: 'application/json',
    servers: { here: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' } },
    channels: {
      socket: {
        address: SOCKET_PATH,
        messages: Object.fromEntries(
          FRAMES.map(keyOf).map((key) => [key, reference(`#/components/messages/${key}`)]),
        ),
      },
    },
    operations: Object.fromEntries(FRAMES.map((frame) => [keyOf(frame), operationOf(frame)])),
    components: { messages, schemas: components.schemas, securitySchemes: { session: SESSION } },
  }
}

/** Frames that the server sends, by their `op`: a client may have another frame of that `op`. */
const SENT = new Set(FRAMES.filter(({ direction }) => direction === 'server').map(({ op }) => op))

/** Names a frame in the document. */
const keyOf = ({ op, direction }: FrameKind): string =>
  direction === 'client' && SENT.has(op) ? `${op}.request` : op

/** As the server sees it: it receives what clients say. */
const operationOf = (frame: FrameKind) => ({
  action: frame.direction === 'client' ? 'receive' : 'send',
  summary: frame.summary,
  channel: reference(CHANNEL),
  security: [reference('#/components/securitySchemes/session')],
  messages: [reference(`${CHANNEL}/messages/${keyOf(frame)}`)],
  ...(isRequest(frame) && {
    reply: { channel: reference(CHANNEL), messages: [reference(`${CHANNEL}/messages/re`)] },
  }),
})

function messageOf(frame: FrameKind, components: Components): Message {
  const { op, direction, summary, description, schema, since } = frame
  return {
    ...{ name: op, title: op, summary },
    ...(description !== undefined && { description }),
    payload: components.of(schema, since),
    'x-feature-level': since,
    'x-direction': direction,
    ...(isRequest(frame) && {
      'x-ok': components.of(frame.ok, since),
      'x-problem-codes': requestCodesOf(frame).toSorted(),
    }),
  }
}

const isRequest = (frame: FrameKind): frame is RequestKind =>
  frame.direction === 'client' && frame.op in REQUESTS
