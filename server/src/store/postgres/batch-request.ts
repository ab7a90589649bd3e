import { namedIn } from '../mentioned.ts'
import type { NewMessage } from '../store.ts'
import { type Argument, WRITES, type WriteName } from '../writes.ts'
import { SEND_WITH_FILES, SENDS, stepOf } from './functions.ts'

/** A write, and the rows that it moves: the batch locks all of them before its first step, in one order for all nodes. */
export interface Command {
  /** The name of the step. */
  readonly name: string
  readonly argument: unknown
  readonly conversationId?: number | undefined
  readonly accountId?: number | undefined
  readonly messageId?: number | undefined
  readonly numbers?: readonly number[] | undefined
}

/** Any write but a send, which `sendOf` makes. */
export function commandOf<Name extends WriteName>(name: Name, argument: Argument<Name>): Command {
  const { conversationId, reads, accountId, messageId, numbers } = WRITES[name].touches(argument as never)
  return {
    name: stepOf(name),
    argument,
    conversationId: conversationId ?? reads,
    accountId,
    messageId,
    numbers,
  }
}

/** The database's answer to a step; for a new message, its numbers. */
export type WriteAnswer =
  | readonly [
      messageId: number,
      seq: number,
      change: number,
      sentAt: number,
      replyTo: number | null,
      ...unknown[],
    ]
  | { readonly value: unknown }
  | { readonly refusal: string; readonly details: Readonly<Record<string, string | number | boolean>> }
  /** Neither: a defect of ours. Nothing of the step was stored. */
  | { readonly defect: string }

type Step = readonly [name: string, argument: unknown]

/** A batch as `chat_batch` takes it: sends that follow one another are one step. */
interface Steps {
  readonly steps: readonly Step[]
  readonly locks: {
    readonly conversations: number[]
    readonly accounts: number[]
    readonly messages: number[]
    readonly numbers: number[]
  }
}

export function stepsOf(commands: readonly Command[]): Steps {
  const steps: Step[] = []
  let run: Sends | undefined
  for (const { name, argument } of commands) {
    if (name !== SENDS) {
      run = undefined
      steps.push([name, argument])
      continue
    }
    // `sends` commands are made by `sendOf` alone.
    const message = argument as NewMessage
    if (!run?.takes(message)) {
      run = new Sends()
      steps.push([SENDS, run.rows])
    }
    run.add(message)
  }
  const unique = (ids: readonly (number | null | undefined)[]) => [
    // An id that no row can have is refused by its own step.
    ...new Set(ids.filter((id) => Number.isSafeInteger(id)) as readonly number[]),
  ]
  return {
    steps,
    locks: {
      conversations: unique(commands.map(({ conversationId }) => conversationId)),
      accounts: unique(commands.map(({ accountId }) => accountId)),
      messages: unique(commands.map(({ messageId }) => messageId)),
      numbers: unique(commands.flatMap(({ numbers = NONE }) => numbers)),
    },
  }
}

export const sendOf = (message: NewMessage): Command => {
  const { conversationId, senderId, extras } = message
  const numbers = extras && { numbers: namedIn(extras.mentions) }
  if (!extras?.files) return { name: SENDS, argument: message, conversationId, ...numbers }
  // Its files are the sender's, whose account is locked for them: two nodes must not wait for each other's files.
  const argument = { ...sendRow(message, 0), files: extras.files }
  return { name: SEND_WITH_FILES, argument, conversationId, accountId: senderId, ...numbers }
}

const NONE: readonly number[] = []

/** One answer a command, in their order. */
export const answersOf = (
  answers: readonly (WriteAnswer | readonly WriteAnswer[])[],
  { steps }: Steps,
): readonly WriteAnswer[] =>
  steps.flatMap(([name], i) => {
    const answer = answers[i]
    // The database answers a run of sends with the array of their answers.
    return name === SENDS ? (answer as readonly WriteAnswer[]) : [answer as WriteAnswer]
  })

/** Sends of one statement: a client id may stand among them once. */
class Sends {
  readonly rows: unknown[] = []
  readonly #clientIds = new Set<string>()

  takes({ clientId, senderId }: NewMessage): boolean {
    return clientId === null || !this.#clientIds.has(`${senderId} ${clientId}`)
  }

  add(message: NewMessage): void {
    const { clientId, senderId } = message
    if (clientId !== null) this.#clientIds.add(`${senderId} ${clientId}`)
    this.rows.push(sendRow(message, this.rows.length))
  }
}

/** A send as `chat_append` takes it; `n` is its place among those of the statement. */
const sendRow = (
  { conversationId, senderId, clientId, replyTo, body, at, extras }: NewMessage,
  n: number,
): object => ({
  ...{ n, conversation: conversationId, sender: senderId, client: clientId, reply: replyTo, body, at },
  ...(extras && {
    native: true,
    markdown: extras.format === 'markdown' || null,
    thread: extras.thread,
    quoted: extras.replyToSeq,
    ...(extras.mentions.length > 0 && { mentions: extras.mentions }),
  }),
})

/** U+0000, which no text of PostgreSQL can have: with it in one step, the whole batch is unreadable. */
const NUL = '\0'
const NUL_IN_JSON = /(?<!\\)(?:\\\\)*\\u0000/

/** Whether no step can be made of the command. */
export function isUnspeakable({ name, argument }: Command): boolean {
  if (name !== SENDS) return NUL_IN_JSON.test(JSON.stringify(argument))
  // Only `sendOf` makes `sends` commands.
  const { body, clientId } = argument as NewMessage
  return body.includes(NUL) || clientId?.includes(NUL) === true
}
