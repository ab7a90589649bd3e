import type {
  AnswerOf,
  BodyOf,
  Operation,
  OperationId,
  Operations,
  ParamsOf,
  QueryOf,
} from '@parlance/protocol'
import type { Account, SessionDetails } from '../../core/chat.ts'
import type { LimitKind } from '../../transport/index.ts'

/** The account that asks, and the log-in by which it is known. */
export interface Asker {
  readonly account: Account
  readonly session: SessionDetails
}

/** Facts of a request beside what its operation takes. */
export interface Circumstances {
  /** The network that it comes from, as limits count it. */
  readonly address: string
  /** Whether it came over TLS, or over plain http on this machine, or over plain http from elsewhere. */
  readonly channel: 'tls' | 'loopback' | 'plain'
  readonly ifMatch: string | undefined
  /** Undefined where it was not sent, or the operation does not heed it. */
  readonly idempotencyKey: string | undefined
}

/** A request of an operation, checked. */
export interface Call<One extends Operation> extends Circumstances {
  readonly params: ParamsOf<One>
  readonly query: QueryOf<One>
  readonly body: BodyOf<One>
  readonly asker: One['isOpen'] extends true ? undefined : Asker
}

type Plain<One extends Operation> = AnswerOf<One> & {
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer of lines, some at a time. The iterator is returned when the client wants no more. */
export interface Streamed {
  readonly status: 200
  readonly pages: AsyncIterator<readonly object[], undefined>
}

export type Answer<One extends Operation> = unknown extends One['isStream']
  ? Plain<One>
  : One['isStream'] extends true
    ? Streamed
    : Plain<One> | Streamed

/** How one operation is answered. */
export interface Handler<One extends Operation> {
  /** The bucket that pays: by account, or by address where anybody may ask. `command` unless said. */
  readonly limit?: LimitKind
  /** How many ordinary requests it counts as; 1 unless said. */
  readonly cost?: (call: Call<One>) => number
  /** Whether its answer may be long: an account's are made one after the other, and charged by their length. */
  readonly isLong?: true
  /** Bytes, when a body may be longer than most. */
  readonly maxBodyBytes?: number
  /** Rejects with a `Refusal` or `ChatError`. */
  run(call: Call<One>): Promise<Answer<One>>
}

export type Handlers<Ids extends OperationId = OperationId> = {
  readonly [Id in Ids]: Handler<Operations[Id]>
}
