import type * as Wire from '@parlance/protocol'

// The wire's types as the client uses them. The published package has them written out, so that it needs no other.

export type Account = Wire.Account
export type OwnAccount = Wire.OwnAccount
export type Person = Wire.Person
export type SignedIn = Wire.SignedIn
export type Conversation = Wire.Conversation
export type Listing = Wire.Listing
export type Member = Wire.Member
export type ReadState = Wire.ReadState
export type NewConversation = Wire.NewConversation
export type Message = Wire.Message
export type Reaction = Wire.Reaction
export type MessagePage = Wire.MessagePage
export type OwnReactions = Wire.OwnReactions
export type Problem = Wire.Problem
export type Fault = Wire.Fault
export type ServerInfo = Wire.ServerInfo
export type Resume = Wire.Resume

type WithBody<One extends Wire.Operation> = Extract<Wire.AnswerOf<One>, { readonly body: unknown }>
type AnswerBody<One extends Wire.Operation> = [WithBody<One>] extends [never]
  ? undefined
  : WithBody<One>['body']

/** The REST API: by operation, what it takes and the body of its answer. */
export type Operations = {
  [Id in Wire.OperationId]: {
    params: Wire.ParamsOf<Wire.Operations[Id]>
    query: Wire.QueryOf<Wire.Operations[Id]>
    body: Wire.BodyOf<Wire.Operations[Id]>
    answer: AnswerBody<Wire.Operations[Id]>
  }
}

/** The socket's requests: by `op`, the frame that asks, and the `ok` of its answer. */
export type Requests = {
  [Op in Wire.RequestOp]: { frame: Wire.RequestOf<Op>; ok: Wire.OkOf<Op> }
}

/** By type, the data of a conversation's events. */
export type Events = { [Type in Wire.EventType]: Wire.EventData<Type> }

/** By type, the data of news of the account's own state. */
export type AccountNews = {
  [Type in Wire.AccountNewsType]: Extract<Wire.AccountNewsItem, { type: Type }>['data']
}
