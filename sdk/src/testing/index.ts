export { type Clock, FakeClock } from './clock.ts'
export { FakeConversation, type NewFakeMessage } from './fake-conversation.ts'
export { type FakeAccount, FakeServer, type FakeServerOptions } from './fake-server.ts'
export { CALM, FakeNetwork, type Script } from './network.ts'
